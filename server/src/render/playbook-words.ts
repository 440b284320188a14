/** Words for what became of commands, for every way in which playbooks are shown. */

import type { SeedCommand, Verdict } from '../meshes/playbooks/playbook.ts';

/** What a reader is told of a command that guides show. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  works: 'still works',
  changed: 'means something else today',
  incomplete: 'is not enough',
  deprecated: 'is deprecated',
  ineffective: 'has no effect',
  wrong: 'does not do it',
  removed: 'is gone',
  never: 'never existed',
  unverified: 'could not be checked',
};

/** Whether one should not copy it as it stands. */
export function isDated({ verdict }: SeedCommand): boolean {
  return verdict !== 'works';
}

/** What is said of a command of the guides without naming it: `is gone. Why.` */
export function seedSentence({ verdict, why }: SeedCommand): string {
  return `${verdictWords[verdict]}.${why === '' ? '' : ` ${why}`}`;
}
