/** How clients talk to services, as far as plain Gateway API can say it: versions as Services, and TLS to a backend. */

import type { Asked, Destination } from '../../../../model/ir.ts';
import { placeText } from '../../../../model/report.ts';
import { type DestinationWriters, writeParts } from '../../../mesh.ts';
import { Service } from '../../common/kinds.ts';
import { BackendTLSPolicy } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { versionService } from './versions.ts';

/** Writes all destinations: their versions first, since routes point to them. */
export function writeDestinations(draft: Draft): void {
  for (const destination of draft.ir.destinations) {
    const { service, client, visibility, port, subsets, parts } = destination;
    const place = placeText(Service.name, service.value.namespace, service.value.name, '');
    draft.ledger.exact(service, place);
    for (const asked of [client, visibility, port])
      if (asked)
        draft.ledger.lost(
          asked,
          'no-equivalent',
          'What it limits to some clients or ports is not carried over.',
          'none',
        );
    for (const it of subsets) writeVersion(destination, it, draft);
    writeParts(parts, writersFor(draft), destination, draft.ledger);
  }
}

function writeVersion({ service: { value } }: Destination, subset: Destination['subsets'][number], draft: Draft): void {
  if (subset.from.length === 0) return;
  const made = versionService(draft, value, subset.value.name);
  if ('name' in made) draft.ledger.exact(subset, placeText(Service.name, value.namespace, made.name, 'spec.selector'));
  else if ('missing' in made) draft.loseForMissing(subset.from, made.missing);
  else draft.ledger.lost(subset, made.code, made.reason, 'availability');
}

const meshOnly = 'The Gateway API says nothing of it; each mesh has a resource of its own for it.';

function writersFor(draft: Draft): DestinationWriters<Destination> {
  const { ledger } = draft;
  return {
    protocol: {
      code: 'no-equivalent',
      lost: 'The protocol of a port stands in appProtocol of its Service; set it there.',
    },
    loadBalancer: { code: 'no-equivalent', lost: meshOnly },
    locality: {
      code: 'no-equivalent',
      lost: 'Staying nearby is said by trafficDistribution of the Service; set it there.',
    },
    outlier: { code: 'no-equivalent', lost: meshOnly, risk: 'availability' },
    limits: { code: 'no-equivalent', lost: meshOnly, risk: 'availability' },
    retryBudget: {
      code: 'no-equivalent',
      lost: 'Budgets of retries are not in the standard channel of the Gateway API.',
      risk: 'availability',
    },
    connectTimeout: { code: 'no-equivalent', lost: meshOnly },
    requestTimeout: {
      code: 'no-equivalent',
      lost: 'A timeout stands in the rules of a route here; write it into those of the routes to this service.',
      risk: 'availability',
    },
    clientTls: (asked, destination) => writeClientTls(asked, destination, draft),
    defaultSubset: (asked, { service: { value } }) => {
      const made = versionService(draft, value, asked.value);
      if ('name' in made)
        ledger.exact(asked, placeText(Service.name, value.namespace, made.name, ''), 'Routes name the version.');
      else if ('missing' in made) draft.loseForMissing(asked.from, made.missing);
      else ledger.lost(asked, made.code, made.reason, 'availability');
    },
    failover: {
      code: 'no-service-failover',
      lost: 'A route shares requests out by fixed weights; nothing falls back to another Service.',
      risk: 'availability',
    },
  };
}

function writeClientTls(
  asked: Asked<{ readonly mode: string; readonly sni?: string }>,
  { name, service, subset }: Destination,
  draft: Draft,
): void {
  const { ledger } = draft;
  const { mode, sni } = asked.value;
  const { namespace } = service.value;
  if (mode === 'mesh') {
    ledger.exact(
      asked,
      placeText(Service.name, namespace, service.value.name, ''),
      'A mesh does this between its pods by itself.',
    );
    return;
  }
  if (mode === 'disable') {
    ledger.lost(asked, 'mtls-disable', 'Whether a mesh encrypts is not for the Gateway API to say.', 'behaviour');
    return;
  }
  if (mode !== 'simple' || sni === undefined || subset !== undefined) {
    const reason =
      mode === 'simple'
        ? 'TLS to a backend needs the name that its certificate is for, and none is given.'
        : 'A route shows no certificate of its own to a backend.';
    ledger.lost(asked, 'tls-origination', reason, 'security');
    return;
  }
  const targetRefs = [{ group: '', kind: Service.name, name: service.value.name }];
  const policy = draft.nameFor(BackendTLSPolicy, namespace, name, { targetRefs });
  const validation = { hostname: sni, wellKnownCACertificates: 'System' };
  draft.create(BackendTLSPolicy, namespace, policy, { targetRefs, validation }, asked.from);
  ledger.exact(asked, placeText(BackendTLSPolicy.name, namespace, policy, 'spec.validation.hostname'));
}
