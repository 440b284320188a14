/** Destinations of rules and their weights, for requests and connections alike. */

import type { Asked, Backend } from '../../../model/ir.ts';
import { wholeWeights } from '../../kubernetes/gateway/convert/routes.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { type HttpTarget, writeHeaders } from './write-actions.ts';

/** Writes the `route` of a rule; where nobody gets the requests, an answer that says so. */
export function writeBackends(asked: Asked<readonly Backend[]>, { rule, draft, drafts, place }: HttpTarget): void {
  const { ledger } = drafts;
  const backends = asked.value;
  const weights = backends.map((it) => it.weight ?? 0);
  const isNobody = backends.some((it) => it.weight === 0) && weights.every((it) => it === 0) && backends.length > 0;
  if (isNobody) {
    rule['directResponse'] = { status: 500 };
    ledger.exact(
      asked,
      place('directResponse'),
      'With all shares at 0 nobody gets the requests; they are answered with 500.',
    );
    return;
  }
  if (backends.length === 0) return;
  const { weights: whole, isRounded } = wholeWeights(weights);
  rule['route'] = backends.map((backend, at) => {
    const headers = withoutUndefined({
      request: backend.requestHeaders && writeHeaders(backend.requestHeaders),
      response: backend.responseHeaders && writeHeaders(backend.responseHeaders),
    });
    if (isRounded) ledger.changed(backend.from, place('route', at), 'weight-rounded', 'Weights are whole numbers.');
    else ledger.exact(backend.from, place('route', at));
    return {
      destination: writeDestination(backend, draft, drafts),
      ...(backends.length > 1 ? { weight: whole[at] ?? 0 } : {}),
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
    };
  });
  ledger.exact(asked, place('route'));
}

/** A destination; its port only where it is needed, since a service with one port has no choice. */
export function writeDestination({ service, host, port, subset }: Backend, draft: Draft, drafts: Drafts): Fields {
  const ports = drafts.service(service)?.ports;
  const isOnly = ports?.length === 1 && ports[0]?.port === port;
  return {
    host: host ?? drafts.host(service, draft.namespace),
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined || isOnly ? {} : { port: { number: port } }),
  };
}
