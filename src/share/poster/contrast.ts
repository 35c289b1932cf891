/** How much light a channel of 0 to 255 gives, 0 to 1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function linear(level: number): number {
  const part = level / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

/** Relative luminance, 0 to 1, of channels as `linear` gives them. */
export function luminance(red: number, green: number, blue: number): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Of two luminances, 1 to 21, below 1 where the first is the darker: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(light: number, dark: number): number {
  return (light + 0.05) / (dark + 0.05)
}
