/** Text from outside as one line, at most so many characters long: without controls, and white space is a space. */
export function oneLine(text: string, maxLength: number): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, maxLength);
}
