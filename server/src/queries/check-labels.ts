/** Findings about labels and annotations that the API server refuses, whoever reads them. */

import { annotationHomes } from '../model/annotations.ts';
import { labelValueFault, nameFault } from '../model/label-syntax.ts';
import { rangeInPart, type Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import { type Path, shortened } from '../model/text.ts';
import { recordAt } from '../model/value.ts';
import type { Located } from './findings.ts';
import { limited } from './limited.ts';

/** The findings about names, and values of labels, of a resource of any kind and its pod template, unsorted. */
export function checkLabels(resource: Resource): readonly Located[] {
  return limited(faultsOf(resource));
}

function* faultsOf(resource: Resource): Generator<Located> {
  for (const home of annotationHomes(resource.kind, resource.apiVersion)) {
    // What a Gateway or WorkloadGroup hands on, its own schema judges.
    if (!home.isOwn && !home.kinds.includes('Pod.')) continue;
    for (const [name, value] of Object.entries(recordAt(resource.value, home.path))) {
      if (isUnknown(name)) continue;
      const path = [...home.path, name];
      const fault = nameFault(name);
      const word = home.isLabel ? 'Label' : 'Annotation';
      if (fault !== undefined) yield finding(resource, path, 'key', `${word} "${shortened(name)}" ${fault}.`);
      const isText = home.isLabel && typeof value === 'string' && !isUnknown(value);
      const valueFault = isText ? labelValueFault(value) : undefined;
      if (valueFault === undefined) continue;
      yield finding(resource, path, 'value', `The value of label "${shortened(name)}" ${valueFault}.`);
    }
  }
}

function finding(resource: Resource, path: Path, side: 'key' | 'value', message: string): Located {
  return {
    range: rangeInPart(resource.part, [...resource.root, ...path], side),
    severity: 'error',
    code: 'common/label-invalid',
    message,
    peers: [],
    tags: [],
    related: [],
    fixes: [],
  };
}
