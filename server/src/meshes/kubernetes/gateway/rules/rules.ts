/** Rules about Gateway API resources, whichever mesh reads them. */

import type { Rule } from '../../../../model/rule.ts';
import { backendNotFound } from './backend-not-found.ts';

export const rules: readonly Rule[] = [backendNotFound];
