/** Rules about every resource, whichever mesh it belongs to. */

import type { Rule } from '../../../../model/rule.ts';
import { duplicateResource } from './duplicate-resource.ts';
import { multipleMeshInjection } from './multiple-mesh-injection.ts';

export const rules: readonly Rule[] = [duplicateResource, multipleMeshInjection];
