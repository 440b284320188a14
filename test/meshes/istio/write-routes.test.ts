/** Routes and destinations of other meshes in Istio's words, where Istio has the thing in another place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathText } from '../../../server/src/model/text.ts';
import { convert } from '../../../server/src/queries/convert.ts';
import { uriOf, workspaceOf } from '../../harness/conversion.ts';

function toIstio(text: string) {
  const conversion = convert(workspaceOf(new Map([['page.yaml', text]])), { uris: [uriOf('page.yaml')] }, 'istio');
  return { ...conversion, text: conversion.outputs.map((it) => it.text).join('') };
}

const atGateway = (name: string, listener: string, rest: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: edge, sectionName: ${listener} }]
  hostnames: [shop.example.com]
  rules: [${rest}]
`;

test('Routes of one host on two listeners of a gateway are not taken for the same as on all of its ports', () => {
  const redirect = '{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 } }] }';
  const { report } = toIstio(
    `${atGateway('plain', 'http', redirect)}---${atGateway('web', 'https', '{ backendRefs: [{ name: web, port: 80 }] }')}`,
  );
  const parents = report.filter((it) => pathText(it.path).startsWith('spec.parentRefs'));
  assert.deepEqual(
    [...new Set(parents.map((it) => `${it.resource.name} ${it.fate} ${it.code} ${it.risk}`))],
    ['plain changed scope availability', 'web changed scope availability'],
  );
});

test('The breaker of a service holds for the services that its routes send requests to', () => {
  const { text, notes } = toIstio(`
apiVersion: v1
kind: Service
metadata:
  name: books
  namespace: shop
  annotations: { balancer.linkerd.io/failure-accrual: consecutive }
spec: { selector: { app: books }, ports: [{ port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: books, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: books, port: 80 }]
  rules: [{ backendRefs: [{ name: books-v1, port: 80, weight: 9 }, { name: books-v2, port: 80, weight: 1 }] }]
`);
  const ruled = [...text.matchAll(/kind: DestinationRule\nmetadata:\n {2}name: (\S+)/g)].map((it) => it[1]);
  assert.deepEqual(ruled, ['books', 'books-v1', 'books-v2']);
  assert.ok(
    notes.some((it) => it.kind === 'generated' && it.text.includes('"books-v2" repeats the settings of "books"')),
  );
});

test('Requests that no rule takes go to the service where they did before', () => {
  const router = (routes: string) => `
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceRouter
metadata: { name: books, namespace: shop }
spec: { routes: [${routes}] }
`;
  const some = toIstio(router('{ match: { http: { pathPrefix: /v2 } }, destination: { service: books-v2 } }'));
  assert.match(some.text, /prefix: \/v2\n[^]*host: books-v2\n {4}- route:\n {8}- destination:\n {12}host: books\n/);
  const all = toIstio(router('{ match: { http: { pathPrefix: / } }, destination: { requestTimeout: 5s } }'));
  assert.equal(all.text.match(/- destination:/g)?.length, 1);
});
