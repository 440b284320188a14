/** What Consul's config entries route, whom ServiceIntentions let in, and what pods ask for as their upstreams. */

import { type Caller, type CallRules, callRows } from '../../model/call.ts';
import type { Resource } from '../../model/manifest.ts';
import { listAt, textAt } from '../../model/value.ts';
import { serviceFacts, workloadsOfService } from '../kubernetes/common/workloads.ts';
import { serviceSpace } from './declarations.ts';
import { ServiceIntentions, ServiceResolver, ServiceRouter, ServiceSplitter } from './kinds.ts';

const upstreamsKey = 'consul.hashicorp.com/connect-service-upstreams';

export const calls: CallRules = {
  rows: [
    ...[ServiceRouter, ServiceSplitter, ServiceResolver].flatMap((it) => callRows(it, 'about', ['metadata.name'])),
    ...callRows(ServiceRouter, 'to', ['spec.routes[*].destination.service']),
    ...callRows(ServiceSplitter, 'to', ['spec.splits[*].service']),
    ...callRows(ServiceResolver, 'to', [
      'spec.redirect.service',
      'spec.failover.*.service',
      'spec.failover.*.targets[*].service',
    ]),
  ],
  *callersOf(service, environment) {
    for (const intentions of environment.index.all(ServiceIntentions)) {
      const destination = textAt(intentions.value, ['spec', 'destination', 'name']);
      if (destination === service.name || destination === '*') yield* allowedBy(intentions);
    }
  },
  *upstreamsOf(service, environment) {
    const facts = serviceFacts(environment, environment.namespaceOf(service), service.name);
    for (const { resource, template, annotations } of facts ? workloadsOfService(environment, facts) : []) {
      for (const name of upstreamNames(annotations[upstreamsKey] ?? '')) {
        const path = [...template, 'metadata', 'annotations', upstreamsKey];
        for (const { site } of environment.index.declared(serviceSpace, name))
          yield { workload: resource, path, target: site.resource };
      }
    }
  },
};

/** Sources that may call, as a whole or with some of their requests. */
function* allowedBy(policy: Resource): Generator<Caller> {
  for (const [position, source] of listAt(policy.value, ['spec', 'sources']).entries()) {
    const text = textAt(source, ['name']);
    const actions = [source, ...listAt(source, ['permissions'])].map((it) => textAt(it, ['action']));
    if (text && actions.includes('allow')) yield { policy, path: ['spec', 'sources', position, 'name'], text };
  }
}

/**
 * Names of services in the value of the annotation: `api:1234`, `api:1234:dc2`, `api.svc.team.ns:1234`. Prepared queries
 * name none.
 */
function upstreamNames(value: string): readonly string[] {
  return value
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '' && !it.startsWith('prepared_query:'))
    .map((it) => it.replace(/[.:].*$/, ''));
}
