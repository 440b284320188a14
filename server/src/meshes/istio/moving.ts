/**
 * How Istio comes and goes. Commands as of Istio 1.31. Sources: istio.io "Install with Istioctl", "Sidecar injection",
 * "Mutual TLS migration", "Uninstall"; istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml.
 */

import type { Moving } from '../moving.ts';
import { AuthorizationPolicy } from './kinds.ts';

const mode = (name: string) =>
  [
    'kubectl apply -f - <<EOF',
    'apiVersion: security.istio.io/v1',
    'kind: PeerAuthentication',
    'metadata:',
    '  name: default',
    '  namespace: istio-system',
    'spec:',
    '  mtls:',
    `    mode: ${name}`,
    'EOF',
  ].join('\n');

export const moving: Moving = {
  install: [
    {
      title: 'Install Istio',
      why: 'Pods are injected only in namespaces that ask for it, so the other mesh is left alone.',
      commands: ['istioctl x precheck', 'istioctl install --set profile=default --verify -y'],
      checks: ['kubectl get pods -n istio-system', 'istioctl version'],
      rollback: ['istioctl uninstall --purge -y', 'kubectl delete namespace istio-system'],
    },
  ],
  letIn: {
    title: 'Accept plain text in Istio',
    why: 'Pods that have left Istio bring no certificate that it knows. Under `STRICT` they would be refused. Policies of single namespaces and workloads count before this one: look at each that says `STRICT`.',
    commands: ['kubectl get peerauthentication -A', mode('PERMISSIVE')],
    checks: ['istioctl analyze -A'],
    rollback: [mode('STRICT')],
  },
  beStrict: {
    title: 'Refuse plain text in Istio',
    why: 'Until now Istio has accepted plain text, since clients may still have been outside of it.',
    commands: [mode('STRICT')],
    checks: ['istioctl analyze -A', 'istioctl proxy-status'],
    rollback: [mode('PERMISSIVE')],
  },
  join: ({ name }) => [`kubectl label namespace ${name} istio-injection=enabled --overwrite`],
  leave: ({ name }) => [`kubectl label namespace ${name} istio-injection- istio.io/rev- istio.io/dataplane-mode-`],
  checks: (namespace) => [`istioctl analyze -n ${namespace}`, `istioctl proxy-status | grep "\\.${namespace} "`],
  uninstall: {
    title: 'Take Istio out',
    why: 'Only when no pod has a container `istio-proxy` any more. The resources of its kinds go with their definitions: keep the manifests until the last namespace has run well for a while.',
    commands: [
      `kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.containers[*].name} {.spec.initContainers[*].name}{"\\n"}{end}' | grep istio-proxy`,
      'istioctl uninstall --purge -y',
      'kubectl delete namespace istio-system',
      "kubectl get crd -o name | grep '\\.istio\\.io$' | xargs kubectl delete",
    ],
  },
  refusing: [AuthorizationPolicy],
};
