/**
 * The schema, one entry a version; `PRAGMA user_version` counts them. Entries are never edited once released, only added to.
 * Amounts are minor units of the row's currency, rates parts per million, instants ISO 8601 with offset.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One reading of a source or of files given by hand.
  CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,               -- products, orders, payouts
    source TEXT NOT NULL,             -- name in shoptool.yaml, or 'import'
    partner TEXT NOT NULL,
    at TEXT NOT NULL,
    seconds REAL NOT NULL,
    status TEXT NOT NULL,             -- applied, unchanged, refused, failed
    read INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, returned INTEGER NOT NULL, gone INTEGER NOT NULL,
    content TEXT,                     -- hash of the rows as a set: the same in any order, encoding and file name
    mapping TEXT,                     -- hash of how the files were read: rows read by another mapping are other rows
    error TEXT
  ) STRICT;
  CREATE INDEX run_source ON run (source, partner, kind, id);

  -- A file that a run read. The bytes stand in .shoptool/snapshots under their sha256.
  CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    encoding TEXT NOT NULL
  ) STRICT;
  CREATE INDEX file_run ON file (run);

  -- Rows that were not taken, with the reason. 'hash' is set where a later row of the same product won over it.
  CREATE TABLE rejected (
    file INTEGER NOT NULL REFERENCES file,
    line INTEGER NOT NULL,
    place TEXT NOT NULL,              -- 'line 5', as messages say it
    field TEXT,
    message TEXT NOT NULL,
    raw TEXT NOT NULL,
    hash INTEGER
  ) STRICT;
  CREATE INDEX rejected_file ON rejected (file);

  CREATE TABLE product (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    source TEXT NOT NULL,
    title TEXT NOT NULL, brand TEXT, category TEXT, shop TEXT,
    currency TEXT NOT NULL,
    price INTEGER NOT NULL,
    coupon_amount INTEGER, coupon_threshold INTEGER, coupon_from TEXT, coupon_until TEXT,
    final_price INTEGER NOT NULL,
    commission_rate INTEGER, commission INTEGER,
    sales INTEGER,
    image_url TEXT, url TEXT, link TEXT, code TEXT,
    status TEXT NOT NULL,             -- live, gone
    first_seen TEXT NOT NULL,
    last_seen TEXT,                   -- of a gone product; a live one was last seen by its source's last run
    hash INTEGER NOT NULL,            -- of the row as read
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL
  ) STRICT;

  -- What held before run 'until' changed it.
  CREATE TABLE product_history (
    product INTEGER NOT NULL REFERENCES product,
    until INTEGER NOT NULL REFERENCES run,
    price INTEGER NOT NULL, final_price INTEGER NOT NULL, coupon_amount INTEGER, commission_rate INTEGER, commission INTEGER, sales INTEGER,
    status TEXT NOT NULL,
    PRIMARY KEY (product, until)
  ) STRICT, WITHOUT ROWID;

  -- The present state of every order line; order_state holds all states that were ever read.
  CREATE TABLE order_line (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    order_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    state INTEGER NOT NULL,           -- order_state.id of the newest reading
    UNIQUE (partner, order_id, line_id)
  ) STRICT;
  CREATE TABLE order_state (
    id INTEGER PRIMARY KEY,
    order_line INTEGER NOT NULL REFERENCES order_line,
    hash INTEGER NOT NULL,
    numbered INTEGER NOT NULL,        -- 0: the file had no line number, the goods stand for it
    age TEXT NOT NULL,                -- sorts the states of a line from oldest to newest, whatever order the files came in
    sku TEXT, title TEXT, quantity INTEGER, currency TEXT NOT NULL,
    paid_amount INTEGER NOT NULL, commission_rate INTEGER, commission INTEGER NOT NULL, refund_amount INTEGER,
    status TEXT NOT NULL, raw_status TEXT NOT NULL,
    ordered_at TEXT NOT NULL, paid_at TEXT, received_at TEXT, verified_at TEXT, settled_at TEXT, modified_at TEXT,
    tracking_id TEXT,
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL,
    UNIQUE (order_line, hash)
  ) STRICT;

  -- A payout statement, taken whole.
  CREATE TABLE statement (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    statement_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    stated_total INTEGER,
    content TEXT NOT NULL,            -- hash of its lines as a set
    file INTEGER NOT NULL REFERENCES file,
    UNIQUE (partner, statement_id, currency)
  ) STRICT;
  CREATE TABLE payout_line (
    id INTEGER PRIMARY KEY,
    statement INTEGER NOT NULL REFERENCES statement,
    partner TEXT NOT NULL,
    order_id TEXT, line_id TEXT, sku TEXT, title TEXT,
    amount INTEGER NOT NULL,
    kind TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    line INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX payout_line_order ON payout_line (partner, order_id, line_id);

  CREATE TABLE shelf_item (
    shelf TEXT NOT NULL,
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    reason TEXT,
    added_at TEXT NOT NULL,
    -- as they were when the goods were picked
    currency TEXT NOT NULL, price INTEGER NOT NULL, final_price INTEGER NOT NULL, commission_rate INTEGER, commission INTEGER,
    PRIMARY KEY (shelf, partner, sku)
  ) STRICT;
  `,
  `
  -- Pairs of neighbouring characters of title, brand and shop by product.id; filled by the first search that needs it, not by a sync.
  -- Finds too much now and then, never too little: what it finds is compared with the texts themselves.
  CREATE VIRTUAL TABLE product_text USING fts5 (pairs, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
  -- One row, the newest file whose goods are in product_text; a row of goods that changes belongs to a newer one.
  CREATE TABLE product_text_state (file INTEGER NOT NULL REFERENCES file) STRICT;

  CREATE TABLE saved_search (
    name TEXT PRIMARY KEY,
    flags TEXT NOT NULL               -- words and flags of find, as JSON
  ) STRICT;

  -- What "shoptool sql" documents. Columns are only ever added.
  CREATE VIEW products AS SELECT partner, sku, title, brand, category, shop, currency, price, final_price,
    coupon_amount, coupon_threshold, coupon_from, coupon_until, commission_rate, commission, sales, image_url, url, link, code, status, first_seen,
    CASE WHEN status = 'gone' THEN last_seen
      WHEN source = 'import' THEN (SELECT r.at FROM file f JOIN run r ON r.id = f.run WHERE f.id = product.file)
      ELSE (SELECT max(r.at) FROM run r WHERE r.source = product.source AND r.partner = product.partner AND r.kind = 'products'
        AND r.status IN ('applied', 'unchanged')) END AS last_seen,
    source FROM product;
  CREATE VIEW orders AS SELECT l.partner, l.order_id, l.line_id, s.sku, s.title, s.quantity, s.currency, s.paid_amount, s.commission_rate,
    s.commission, s.refund_amount, s.status, s.raw_status AS partner_status,
    s.ordered_at, s.paid_at, s.received_at, s.verified_at, s.settled_at, s.modified_at, s.tracking_id, f.name AS file, s.line
    FROM order_line l JOIN order_state s ON s.id = l.state JOIN file f ON f.id = s.file;
  CREATE VIEW payouts AS SELECT l.partner, s.statement_id, l.order_id, l.line_id, l.sku, l.title, s.currency, l.amount, l.kind, l.paid_at,
    f.name AS file, l.line
    FROM payout_line l JOIN statement s ON s.id = l.statement JOIN file f ON f.id = s.file;
  `,
  `
  -- For what time a source that is read by time was read, in milliseconds since 1970. Spans of one question do not touch.
  CREATE TABLE coverage (
    question TEXT NOT NULL,           -- hash of the source's name and of what it asks for in whose name
    since INTEGER NOT NULL, until INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Links that a partner made for goods in the operator's name. Apart from the goods, whose feeds mostly hold none and are read anew.
  CREATE TABLE made_link (
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    channel TEXT NOT NULL,            -- name in shoptool.yaml; '' where it was made for none
    form TEXT NOT NULL,               -- link, shortLink, code, miniProgram (JSON), picture (a file in the workspace)
    value TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (partner, sku, channel, form)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Rows that count on their own, of partners that correct an order by further rows. A line that has any is their sum, and its one
  -- state of hash 0 is made of them; all readings of a row are kept, the newest counts.
  CREATE TABLE order_entry (
    id INTEGER PRIMARY KEY,
    order_line INTEGER NOT NULL REFERENCES order_line,
    entry TEXT NOT NULL,              -- the partner's number of the row, or its figures and which of those alike it is
    deltas INTEGER NOT NULL,          -- 1: of a journal, whose newest row tells the line's status
    way TEXT,                         -- on which it came: a sale that came on two ways has two numbers
    preferred INTEGER,                -- 1: on the preferred way; 0: does not count where a row on that way has the same sale
    hash INTEGER NOT NULL,
    age TEXT NOT NULL,
    sku TEXT, title TEXT, quantity INTEGER, currency TEXT NOT NULL,
    paid_amount INTEGER NOT NULL, commission_rate INTEGER, commission INTEGER NOT NULL, refund_amount INTEGER,
    status TEXT NOT NULL, raw_status TEXT NOT NULL,
    ordered_at TEXT NOT NULL, paid_at TEXT, received_at TEXT, verified_at TEXT, settled_at TEXT, modified_at TEXT,
    tracking_id TEXT,
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL,
    UNIQUE (order_line, entry, hash)
  ) STRICT;
  `,
  `
  -- That a source lists goods whose row in 'product' is another source's. The source that stands in 'product' has no line here.
  CREATE TABLE listing (
    product INTEGER NOT NULL REFERENCES product,
    source TEXT NOT NULL,
    partner TEXT NOT NULL,
    hash INTEGER NOT NULL,            -- of the row as the source has it
    file INTEGER NOT NULL REFERENCES file,
    PRIMARY KEY (product, source)
  ) STRICT, WITHOUT ROWID;
  -- What sources of one partner share is not known yet: their next runs look at every row.
  UPDATE run SET mapping = NULL WHERE kind = 'products' AND partner IN
    (SELECT partner FROM run WHERE kind = 'products' AND status = 'applied' GROUP BY partner HAVING count(DISTINCT source) > 1);

  -- Goods that a partner has given another id.
  CREATE TABLE alias (
    partner TEXT NOT NULL,
    old_sku TEXT NOT NULL,
    new_sku TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run,
    PRIMARY KEY (partner, old_sku)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alias_new ON alias (partner, new_sku);
  `,
  `
  -- What "shoptool watch" last told of goods, or saw of them first.
  CREATE TABLE watched (
    search TEXT NOT NULL,             -- the saved search that found them; '' for goods of shelves and those that were named
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    at TEXT NOT NULL,
    currency TEXT NOT NULL, final_price INTEGER NOT NULL, commission_rate INTEGER, commission INTEGER, status TEXT NOT NULL,
    coupon_amount INTEGER, coupon_until TEXT,
    coupon_told TEXT,                 -- of that coupon: ends, ended
    PRIMARY KEY (search, partner, sku)
  ) STRICT, WITHOUT ROWID;

  CREATE VIEW history AS SELECT p.partner, p.sku, r.at AS until, h.price, h.final_price, h.coupon_amount, h.commission_rate, h.commission,
    h.sales, h.status
    FROM product_history h JOIN product p ON p.id = h.product JOIN run r ON r.id = h.until;
  `,
  `
  -- The currencies that goods were ever read in: most workspaces have one, and need not look through all goods for another.
  CREATE TABLE product_currency (currency TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO product_currency SELECT DISTINCT currency FROM product;
  `,
  `
  -- What "shoptool channel check" last told of goods on shelves: what the channel calendar said.
  CREATE TABLE channel_state (
    shelf TEXT NOT NULL, partner TEXT NOT NULL, sku TEXT NOT NULL,
    channel TEXT NOT NULL,
    form TEXT NOT NULL,               -- image, code, url
    state TEXT NOT NULL,              -- allow, warn, deny, unknown
    at TEXT NOT NULL,
    PRIMARY KEY (shelf, partner, sku, channel, form)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Links also for a member, in whose name each earns, and by which sub-id its orders are known. Those that were made before know none of it.
  ALTER TABLE made_link RENAME TO made_link_before;
  CREATE TABLE made_link (
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    channel TEXT NOT NULL,            -- '' where it was made for none
    member TEXT NOT NULL,             -- '' where it was made for none
    tracking_id TEXT NOT NULL,        -- '' where it is not known
    form TEXT NOT NULL,               -- link, shortLink, code, miniProgram (JSON), picture (a file in the workspace)
    value TEXT NOT NULL,
    made_at TEXT NOT NULL,
    sub_id TEXT,
    PRIMARY KEY (partner, sku, channel, member, tracking_id, form)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO made_link SELECT partner, sku, channel, '', '', form, value, made_at, NULL FROM made_link_before;
  DROP TABLE made_link_before;

  -- What links carry so that orders tell where they were shared. Never deleted: orders come months later.
  CREATE TABLE sub_id (
    partner TEXT NOT NULL,
    sub_id TEXT NOT NULL COLLATE NOCASE,
    channel TEXT NOT NULL, member TEXT NOT NULL,
    day TEXT NOT NULL,                -- on which it was shared; '' for any
    PRIMARY KEY (partner, sub_id)
  ) STRICT, WITHOUT ROWID;

  -- Six digits by which goods are named aloud and in print. Never deleted: a printed one must not come to mean other goods.
  CREATE TABLE shop_code (
    code TEXT PRIMARY KEY,
    partner TEXT NOT NULL, sku TEXT NOT NULL,
    given_at TEXT NOT NULL,
    UNIQUE (partner, sku)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE order_state ADD COLUMN sub_id TEXT;
  ALTER TABLE order_entry ADD COLUMN sub_id TEXT;
  DROP VIEW orders;
  CREATE VIEW orders AS SELECT l.partner, l.order_id, l.line_id, s.sku, s.title, s.quantity, s.currency, s.paid_amount, s.commission_rate,
    s.commission, s.refund_amount, s.status, s.raw_status AS partner_status,
    s.ordered_at, s.paid_at, s.received_at, s.verified_at, s.settled_at, s.modified_at, s.tracking_id, f.name AS file, s.line, s.sub_id
    FROM order_line l JOIN order_state s ON s.id = l.state JOIN file f ON f.id = s.file;
  `,
  `
  -- More of what held when goods were picked; null in picks of before, except picked_at. 'file', 'line' and 'sha256' name the row of the feed.
  ALTER TABLE shelf_item ADD COLUMN position INTEGER NOT NULL DEFAULT 0;  -- sorts the goods of a shelf
  ALTER TABLE shelf_item ADD COLUMN picked_at TEXT;                       -- when the figures were taken
  ALTER TABLE shelf_item ADD COLUMN parked_at TEXT;                       -- set aside since then: neither posted nor counted
  ALTER TABLE shelf_item ADD COLUMN coupon_amount INTEGER;
  ALTER TABLE shelf_item ADD COLUMN coupon_threshold INTEGER;
  ALTER TABLE shelf_item ADD COLUMN coupon_until TEXT;
  ALTER TABLE shelf_item ADD COLUMN net INTEGER;                          -- after the fees of the partner and of the kind of shop
  ALTER TABLE shelf_item ADD COLUMN score INTEGER;
  ALTER TABLE shelf_item ADD COLUMN source TEXT;
  ALTER TABLE shelf_item ADD COLUMN file TEXT;
  ALTER TABLE shelf_item ADD COLUMN line INTEGER;
  ALTER TABLE shelf_item ADD COLUMN sha256 TEXT;
  UPDATE shelf_item SET picked_at = added_at, position = (SELECT count(*) FROM shelf_item o WHERE o.shelf = shelf_item.shelf
    AND (o.added_at, o.rowid) <= (shelf_item.added_at, shelf_item.rowid));

  -- Every change of a shelf, with the goods that it changed.
  CREATE TABLE shelf_log (
    id INTEGER PRIMARY KEY,
    shelf TEXT NOT NULL,
    at TEXT NOT NULL,
    command TEXT NOT NULL,            -- 'shelf add'
    undone INTEGER NOT NULL,          -- 1: taken back; 2: and another change was made since, it cannot come again
    of INTEGER REFERENCES shelf_log   -- the change that this one took back or brought again
  ) STRICT;
  CREATE INDEX shelf_log_shelf ON shelf_log (shelf, id);
  CREATE TABLE shelf_change (
    log INTEGER NOT NULL REFERENCES shelf_log,
    partner TEXT NOT NULL,
    sku TEXT NOT NULL,
    before TEXT, after TEXT,          -- the item as JSON; null: it was not on the shelf
    PRIMARY KEY (log, partner, sku)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What was posted where, and what is planned to be.
  CREATE TABLE post (
    channel TEXT NOT NULL,
    partner TEXT NOT NULL, sku TEXT NOT NULL,
    at TEXT NOT NULL,                 -- in the shop's zone
    posted INTEGER NOT NULL,          -- 0: planned
    variant TEXT,                     -- of the text, where it is known
    PRIMARY KEY (channel, at, partner, sku)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE shelf_item ADD COLUMN accepted TEXT;  -- findings of "shelf check" that are not to be told again, one a line
  `,
  `
  -- Facts of orders and payouts are only added. Where a later run finds that one does not hold (0), or holds again (1), it says so here;
  -- facts that nothing is said of hold.
  CREATE TABLE ruling (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    fact TEXT NOT NULL,               -- its table: order_state, order_entry, statement
    row INTEGER NOT NULL,             -- its id
    holds INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ruling_fact ON ruling (fact, row, id);

  -- A statement that was read wrongly is kept beside the one that replaces it.
  DROP VIEW payouts;
  CREATE TABLE statement_kept (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    statement_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    stated_total INTEGER,
    content TEXT NOT NULL,            -- hash of its lines as a set
    file INTEGER NOT NULL REFERENCES file
  ) STRICT;
  INSERT INTO statement_kept SELECT id, partner, statement_id, currency, lines, total, stated_total, content, file FROM statement;
  DROP TABLE statement;
  ALTER TABLE statement_kept RENAME TO statement;
  CREATE INDEX statement_key ON statement (partner, statement_id, currency);
  CREATE VIEW payouts AS SELECT l.partner, s.statement_id, l.order_id, l.line_id, l.sku, l.title, s.currency, l.amount, l.kind, l.paid_at,
    f.name AS file, l.line
    FROM payout_line l JOIN statement s ON s.id = l.statement JOIN file f ON f.id = s.file
    WHERE s.id NOT IN (SELECT row FROM (SELECT row, holds, max(id) FROM ruling WHERE fact = 'statement' GROUP BY row) WHERE holds = 0);
  `,
  `
  -- Who shares for the shop. Their links and orders name them (sub_id.member).
  CREATE TABLE member (
    name TEXT PRIMARY KEY,
    joined TEXT NOT NULL,             -- a day
    contact TEXT,
    added_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What holds for a member from a day on: the later entry where two are of one day. Never deleted: old orders are split as of their day.
  CREATE TABLE member_change (
    id INTEGER PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member,
    field TEXT NOT NULL,              -- inviter, tier, takes, left
    value TEXT,                       -- null: none; of 'left': there again
    from_day TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX member_change_member ON member_change (member);
  `,
  `
  -- What an order itself states of fees and subsidies, in minor units; null where it does not.
  ALTER TABLE order_state ADD COLUMN service_fee INTEGER;
  ALTER TABLE order_state ADD COLUMN subsidy INTEGER;
  ALTER TABLE order_entry ADD COLUMN service_fee INTEGER;
  ALTER TABLE order_entry ADD COLUMN subsidy INTEGER;
  DROP VIEW orders;
  CREATE VIEW orders AS SELECT l.partner, l.order_id, l.line_id, s.sku, s.title, s.quantity, s.currency, s.paid_amount, s.commission_rate,
    s.commission, s.refund_amount, s.status, s.raw_status AS partner_status,
    s.ordered_at, s.paid_at, s.received_at, s.verified_at, s.settled_at, s.modified_at, s.tracking_id, f.name AS file, s.line, s.sub_id,
    s.service_fee, s.subsidy
    FROM order_line l JOIN order_state s ON s.id = l.state JOIN file f ON f.id = s.file;
  `,
  `
  -- The chain over the rows of the journal (see seal.ts): each run seals those that it added.
  CREATE TABLE seal (
    id INTEGER PRIMARY KEY,
    run INTEGER REFERENCES run,       -- null: of what there was before there were seals
    fact TEXT NOT NULL,               -- the table
    last INTEGER NOT NULL,            -- the id of its last row
    checks BLOB NOT NULL,             -- CRC-32 of each row
    digest TEXT NOT NULL              -- SHA-256 of the digest before and the rows
  ) STRICT;
  CREATE INDEX seal_fact ON seal (fact, last);
  ALTER TABLE run ADD COLUMN head TEXT;  -- the last digest as the run left it
  `,
  `
  -- What was claimed of partners by evidence packs, and what came of it; only ever added to.
  CREATE TABLE dispute (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    month TEXT NOT NULL,              -- in which too little was paid
    opened_on TEXT NOT NULL,
    deadline TEXT,                    -- the day up to which the partner takes claims or must answer; null where none is known
    pack TEXT NOT NULL UNIQUE         -- sha256 of the pack's manifest
  ) STRICT;
  CREATE TABLE dispute_claim (
    dispute INTEGER NOT NULL REFERENCES dispute,
    class TEXT NOT NULL,
    order_id TEXT NOT NULL, line_id TEXT, title TEXT,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL           -- what is asked for, above zero
  ) STRICT;
  CREATE INDEX dispute_claim_dispute ON dispute_claim (dispute);
  CREATE TABLE dispute_event (
    id INTEGER PRIMARY KEY,
    dispute INTEGER NOT NULL REFERENCES dispute,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,               -- answered, received, closed, withdrawn
    currency TEXT, amount INTEGER,    -- of money that no payout line shows
    note TEXT NOT NULL
  ) STRICT;
  CREATE INDEX dispute_event_dispute ON dispute_event (dispute);
  `,
  `
  -- Months of partners that were closed and opened again, one row for each time. Only ever added to.
  CREATE TABLE closing (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    month TEXT NOT NULL,
    action TEXT NOT NULL,             -- close, reopen
    at TEXT NOT NULL,
    reason TEXT,                      -- of a reopening
    frozen TEXT,                      -- of a close, as JSON: how far was read, the terms in force, hashes of what went in and of what came out
    hash TEXT NOT NULL                -- sha256 of this row and of the hash of the one before
  ) STRICT;
  CREATE TRIGGER closing_changed BEFORE UPDATE ON closing BEGIN SELECT RAISE(ABORT, 'what was closed is not changed'); END;
  CREATE TRIGGER closing_removed BEFORE DELETE ON closing BEGIN SELECT RAISE(ABORT, 'what was closed is not removed'); END;
  `,
  `
  -- What members were paid of a month. A month that changed afterwards has further ones, which hold what is more or less.
  CREATE TABLE team_split (
    id INTEGER PRIMARY KEY,
    month TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE team_order (
    split INTEGER NOT NULL REFERENCES team_split,
    partner TEXT NOT NULL, order_id TEXT NOT NULL, currency TEXT NOT NULL,
    received INTEGER NOT NULL,        -- in the month
    held INTEGER NOT NULL,            -- of that, what is not shared
    PRIMARY KEY (partner, order_id, currency, split)
  ) STRICT, WITHOUT ROWID;
  -- Which part of it is whose, and by which rate: an order that was paid out keeps its rates.
  CREATE TABLE team_part (
    split INTEGER NOT NULL REFERENCES team_split,
    partner TEXT NOT NULL, order_id TEXT NOT NULL, currency TEXT NOT NULL,
    seller TEXT NOT NULL,             -- the member whose link it was; '' where it was the shop's
    member TEXT NOT NULL,             -- '' for the shop's own part
    level INTEGER NOT NULL,           -- 0: the buyer's rebate, or the shop's part
    rate INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (partner, order_id, currency, split, seller, member, level)
  ) STRICT, WITHOUT ROWID;
  -- What was paid to each: what stood to the member's credit, if anything did. A debt is carried on.
  CREATE TABLE team_payment (
    split INTEGER NOT NULL REFERENCES team_split,
    member TEXT NOT NULL, currency TEXT NOT NULL,
    shared INTEGER NOT NULL,          -- the parts of this split
    paid INTEGER NOT NULL,
    PRIMARY KEY (split, member, currency)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Money that came in, by the exports of banks and wallets.
  CREATE TABLE receipt (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,                -- its figures, and which of those alike in its file it is
    received_on TEXT NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL,
    payer TEXT, remark TEXT, reference TEXT,
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX receipt_key ON receipt (key);
  CREATE VIEW receipts AS SELECT t.received_on, t.amount, t.currency, t.payer, t.remark, t.reference, f.name AS file, t.line
    FROM receipt t JOIN file f ON f.id = t.file
    WHERE t.id NOT IN (SELECT row FROM (SELECT row, holds, max(id) FROM ruling WHERE fact = 'receipt' GROUP BY row) WHERE holds = 0);
  `,
  `
  -- Notices of what was given back of orders, which tell nothing else of them. All readings are kept, of one notice the newest counts.
  CREATE TABLE refund (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    order_id TEXT NOT NULL, line_id TEXT,
    refund_id TEXT NOT NULL,          -- the partner's number of the notice
    sku TEXT, currency TEXT NOT NULL,
    refund_amount INTEGER NOT NULL,   -- to the buyer
    commission INTEGER,               -- from the operator
    status TEXT NOT NULL, raw_status TEXT NOT NULL,
    refunded_at TEXT NOT NULL, modified_at TEXT,
    hash INTEGER NOT NULL,
    age TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES file, line INTEGER NOT NULL,
    UNIQUE (partner, order_id, refund_id, hash)
  ) STRICT;
  `,
  `
  -- A network's number of a sale, beside that of the order, and of the sale that a payout line corrects.
  ALTER TABLE order_state ADD COLUMN transaction_id TEXT;
  ALTER TABLE order_entry ADD COLUMN transaction_id TEXT;
  ALTER TABLE payout_line ADD COLUMN transaction_id TEXT;
  ALTER TABLE payout_line ADD COLUMN original_transaction_id TEXT;
  CREATE INDEX order_state_transaction ON order_state (transaction_id) WHERE transaction_id IS NOT NULL;
  CREATE INDEX order_entry_transaction ON order_entry (transaction_id) WHERE transaction_id IS NOT NULL;
  CREATE INDEX payout_line_sale ON payout_line (partner) WHERE coalesce(transaction_id, original_transaction_id) IS NOT NULL;
  DROP VIEW orders;
  CREATE VIEW orders AS SELECT l.partner, l.order_id, l.line_id, s.sku, s.title, s.quantity, s.currency, s.paid_amount, s.commission_rate,
    s.commission, s.refund_amount, s.status, s.raw_status AS partner_status,
    s.ordered_at, s.paid_at, s.received_at, s.verified_at, s.settled_at, s.modified_at, s.tracking_id, f.name AS file, s.line, s.sub_id,
    s.service_fee, s.subsidy, s.transaction_id
    FROM order_line l JOIN order_state s ON s.id = l.state JOIN file f ON f.id = s.file;
  DROP VIEW payouts;
  CREATE VIEW payouts AS SELECT l.partner, s.statement_id, l.order_id, l.line_id, l.sku, l.title, s.currency, l.amount, l.kind, l.paid_at,
    f.name AS file, l.line, l.transaction_id, l.original_transaction_id
    FROM payout_line l JOIN statement s ON s.id = l.statement JOIN file f ON f.id = s.file
    WHERE s.id NOT IN (SELECT row FROM (SELECT row, holds, max(id) FROM ruling WHERE fact = 'statement' GROUP BY row) WHERE holds = 0);
  `,
  `
  -- When the partner itself says that it pays an order.
  ALTER TABLE order_state ADD COLUMN due_at TEXT;
  ALTER TABLE order_entry ADD COLUMN due_at TEXT;
  DROP VIEW orders;
  CREATE VIEW orders AS SELECT l.partner, l.order_id, l.line_id, s.sku, s.title, s.quantity, s.currency, s.paid_amount, s.commission_rate,
    s.commission, s.refund_amount, s.status, s.raw_status AS partner_status,
    s.ordered_at, s.paid_at, s.received_at, s.verified_at, s.settled_at, s.modified_at, s.tracking_id, f.name AS file, s.line, s.sub_id,
    s.service_fee, s.subsidy, s.transaction_id, s.due_at
    FROM order_line l JOIN order_state s ON s.id = l.state JOIN file f ON f.id = s.file;
  `,
  `
  -- Readings by hand sort before those of partners.
  CREATE INDEX order_state_by_hand ON order_state (order_line) WHERE age < '0';
  `,
  `
  -- Payout lines whose order number may be a list of several.
  CREATE TABLE payout_list (line INTEGER PRIMARY KEY REFERENCES payout_line) STRICT;
  INSERT INTO payout_list SELECT id FROM payout_line WHERE order_id GLOB '*[ ,;|，；、]*';
  -- What was decided about payout lines that name no order on file, each in a run of its own. Only ever added to.
  CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    payout_line INTEGER NOT NULL REFERENCES payout_line,
    action TEXT NOT NULL,             -- confirm, reject, withdraw
    order_ids TEXT NOT NULL,          -- a JSON array
    line_id TEXT,                     -- of the one order
    reason TEXT
  ) STRICT;
  `,
  `
  -- For which goods links were made on which day. Never deleted: made_link holds only those of now.
  CREATE TABLE link_day (
    channel TEXT NOT NULL, member TEXT NOT NULL, -- '' where they were made for none
    partner TEXT NOT NULL, sku TEXT NOT NULL,
    day TEXT NOT NULL,                -- in the shop's zone
    PRIMARY KEY (channel, member, partner, sku, day)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- From here on closes are sealed with the journal: openDatabase seals those there are.
  `,
  `
  -- Of a dispute's events, in their order, which one does not hold: the first is 1.
  ALTER TABLE dispute_event ADD COLUMN withdraws INTEGER;
  CREATE UNIQUE INDEX dispute_event_withdraws ON dispute_event (dispute, withdraws) WHERE withdraws IS NOT NULL;
  `,
]

/** Indexes of the product table. Kept apart from the schema because the first large load makes them after the rows. */
export const PRODUCT_INDEXES = {
  product_key: 'CREATE UNIQUE INDEX IF NOT EXISTS product_key ON product (partner, sku)',
  // Covers every filter of `find`, so that none of them reads the table before the limit is reached.
  product_commission:
    "CREATE INDEX IF NOT EXISTS product_commission ON product (commission DESC, final_price, sales, commission_rate, coupon_amount, currency, category, partner) WHERE status = 'live'",
  product_category: 'CREATE INDEX IF NOT EXISTS product_category ON product (category, commission DESC)',
} as const
