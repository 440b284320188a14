/** What the API server takes for the name of a label or annotation, and for the value of a label. */

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with a name, to go after the name in a sentence; undefined when it is fine. */
export function nameFault(text: string): string | undefined {
  const slash = text.indexOf('/');
  const word = text.slice(slash + 1);
  if (slash !== -1) {
    const before = text.slice(0, slash);
    if (before.length > 253 || !prefix.test(before.slice(0, 253)))
      return 'needs a domain in lower-case letters before its slash';
    if (word.includes('/')) return 'has more than one slash';
  }
  if (word.length > 63) return `has ${word.length} characters after its prefix, and 63 are allowed`;
  return name.test(word)
    ? undefined
    : 'may have only letters, digits, "-", "_" and ".", and must begin and end with a letter or digit';
}

/** What is wrong with the value of a label, to go after "the value of …"; undefined when it is fine. */
export function labelValueFault(text: string): string | undefined {
  if (text === '') return undefined;
  if (text.length > 63) return `has ${text.length} characters, and 63 are allowed`;
  return name.test(text)
    ? undefined
    : 'may have only letters, digits, "-", "_" and ".", and must begin and end with a letter or digit';
}
