/** istio/port-name-misspelt: the name of a Service port nearly says a protocol, so that Istio has to guess it. */

import { nearest } from '../../../model/nearest.ts';
import type { Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt, textRecordAt } from '../../../model/value.ts';
import { Namespace, Service } from '../../kubernetes/common/kinds.ts';
import { DestinationRule, VirtualService } from '../kinds.ts';
import { portProtocol, protocolWords } from '../port-protocol.ts';

export const portNameMisspelt: Rule = {
  id: 'istio/port-name-misspelt',
  severity: 'warning',
  summary: 'The name of a Service port nearly begins with a protocol, and counts as none.',
  kinds: [Service],
  peers: ['IST0118', 'KIA0601'],

  *check(resource, environment) {
    // Without a sign of Istio a name is just a name.
    const isIstio = [VirtualService, DestinationRule].some((it) => environment.index.all(it).length > 0);
    const namespace = environment.index.find(Namespace, '', environment.namespaceOf(resource));
    if (
      !isIstio &&
      !Object.keys(textRecordAt(namespace?.value, ['metadata', 'labels'])).some((it) => it.includes('istio'))
    )
      return;
    for (const [position, item] of listAt(resource.value, ['spec', 'ports']).entries()) {
      const name = textAt(item, ['name']);
      const port = numberAt(item, ['port']);
      if (name === undefined || port === undefined || textAt(item, ['appProtocol']) !== undefined) continue;
      if (textAt(item, ['protocol']) === 'UDP') continue;
      const protocol = portProtocol({ port, name, targetPort: undefined, appProtocol: undefined });
      const wanted = protocol.isNamed ? undefined : betterName(name);
      if (wanted === undefined) continue;
      const path: Path = ['spec', 'ports', position, 'name'];
      const word = wanted.split('-')[0] ?? wanted;
      yield {
        path,
        message: `"${name}" names no protocol: Istio ${protocol.name === 'TCP' ? 'takes it for TCP' : 'guesses it from the first bytes'}. "${wanted}" would say ${word}.`,
        fixes: [
          { title: `Rename to "${wanted}"`, edits: () => [{ type: 'replace-value', resource, path, value: wanted }] },
          {
            title: `Add appProtocol ${word}`,
            edits: () => [{ type: 'insert', resource, path: [...path.slice(0, -1), 'appProtocol'], value: word }],
          },
        ],
      };
    }
  },
};

/** `tco-80` → `tcp-80`, `httpport2` → `http-port2`; undefined for names that resemble no protocol. */
function betterName(name: string): string | undefined {
  const [first = '', ...rest] = name.toLowerCase().split('-');
  const run = [...protocolWords].sort((a, b) => b.length - a.length).find((it) => first.startsWith(it));
  // `https` and `http2` are words of their own; `grpcurl` may be one, `httpport2` is surely two.
  if (run !== undefined && first.length > run.length && run.startsWith('http'))
    return [run, first.slice(run.length), ...rest].join('-');
  const guess = first.length >= 3 ? nearest(first, protocolWords) : undefined;
  return guess === undefined || guess === first ? undefined : [guess, ...rest].join('-');
}
