/*
What can be pasted anywhere. Feeds hold characters that nobody sees and that messengers, terminals and other people's editors trip over;
text codes (口令) are never touched, since their apps compare them byte for byte.
*/

/** An emoji variation selector or joiner where it belongs, kept as $1; else what is invisible, half a character, private or unassigned. */
const UNSEEN =
  /(?<=\p{Emoji})(\ufe0f)|(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)(\u200d)(?=\p{Extended_Pictographic})|(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{DI}]/gu
/** Emoji that came after Unicode 13 (emoji-data.txt 14 to 16): older phones show boxes. */
const NEW_EMOJI =
  /[\u{1f6dc}-\u{1f6df}\u{1f7f0}\u{1f979}\u{1f9cc}\u{1fa75}-\u{1fa77}\u{1fa7b}-\u{1fa7f}\u{1fa87}-\u{1fa8f}\u{1faa9}-\u{1faaf}\u{1fab7}-\u{1fabf}\u{1fac3}-\u{1facf}\u{1fad7}-\u{1faff}][\ufe0f\p{Emoji_Modifier}]?/gu
const EMOJI =
  /(?:\p{RI}{2}|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)\p{Emoji_Modifier}?(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)*)/gu

/** In Unicode's composed form, lines ended by \n alone, without characters that nobody sees or that older phones cannot show. */
export function pasteable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(NEW_EMOJI, '')
    .replace(UNSEEN, '$1$2')
}

/** `pasteable`, in one line. */
export function pasteableLine(text: string): string {
  return pasteable(text).replace(/\s+/g, ' ').trim()
}

/** Without emoji; a digit in a box becomes the digit. Signs that every font has (▪ · ★ ™) stay. */
export function withoutEmoji(text: string): string {
  return text
    .replace(/([0-9#*])\ufe0f?\u20e3/gu, '$1')
    .replace(EMOJI, '')
    .replace(/ {2,}/g, ' ')
}

/** No blanks at the ends of lines, no more than one empty line in between. */
export function tidy(text: string): string {
  return text
    .replace(/^ +|[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
