/** `meshwright upgrade`, run as in a pipeline. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../lsp/editor.ts';
import { meshwright } from './shell.ts';

const old = `# Of the shop.
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews.example.com} # outside
`;
const stuck = `apiVersion: gateway.networking.k8s.io/v1alpha2
kind: BackendTLSPolicy
metadata: {name: bank, namespace: shop}
spec:
  targetRef: {group: "", kind: Service, name: bank, namespace: vault}
  tls: {hostname: bank.example.com, wellKnownCACerts: System}
`;
const moved = 'a.yaml: DestinationRule/shop/reviews: networking.istio.io/v1beta1 → networking.istio.io/v1\n';

test('files are rewritten, and each resource has its line', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': old, 'b.yaml': 'some: text\n' });
  assert.deepEqual(meshwright(['upgrade', '.'], { cwd: folder }), {
    code: 0,
    stdout: `${moved}\n1 resource upgraded.\n`,
    stderr: '',
  });
  assert.equal(readFileSync(path.join(folder, 'a.yaml'), 'utf8'), old.replace('v1beta1', 'v1'));
  assert.deepEqual(meshwright(['upgrade', '.'], { cwd: folder }), {
    code: 0,
    stdout: 'Nothing to upgrade in 2 files.\n',
    stderr: '',
  });
});

test('a dry run writes nothing and ends with 1 while something is outdated', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': old });
  const { code, stdout } = meshwright(['upgrade', '--dry-run', 'a.yaml'], { cwd: folder });
  assert.equal(code, 1);
  assert.equal(stdout, `${moved}\n1 resource can be upgraded.\n`);
  assert.equal(readFileSync(path.join(folder, 'a.yaml'), 'utf8'), old);
});

test('what cannot move is left as it is, with the reason, and ends with 1', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': old, 'b.yaml': stuck });
  const { code, stdout } = meshwright(['upgrade', '.'], { cwd: folder });
  assert.equal(code, 1);
  assert.match(stdout, /^b\.yaml: BackendTLSPolicy\/shop\/bank stays at .*v1alpha2: .*"namespace".*\.$/m);
  assert.match(stdout, /\n1 resource upgraded, 1 resource left\.\n$/);
  assert.equal(readFileSync(path.join(folder, 'b.yaml'), 'utf8'), stuck);
});

test('standard input is refused', (t) => {
  const { folder } = makeFolder(t, {});
  assert.deepEqual(meshwright(['upgrade', '-'], { cwd: folder, stdin: old }), {
    code: 2,
    stdout: '',
    stderr: 'Standard input cannot be upgraded; name files or folders.\n',
  });
});
