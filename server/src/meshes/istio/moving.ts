/**
 * How Istio comes and goes. Commands as of Istio 1.31. Sources: istio.io "Install with Istioctl", "Sidecar injection",
 * "Mutual TLS migration", "Uninstall"; istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml.
 */

import type { Deed, Moving } from '../moving.ts';
import {
  analyzeAll,
  deleteSystemNamespace,
  injectSidecars,
  installProfile,
  leaveMesh,
  precheck,
  proxyStatus,
  purge,
  showVersion,
  systemPods,
} from './commands.ts';
import { AuthorizationPolicy } from './kinds.ts';

const mode = (name: string): Deed => ({
  file: 'peer-authentication.yaml',
  isApplied: true,
  text: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: istio-system
spec:
  mtls:
    mode: ${name}
`,
});

export const moving: Moving = {
  install: [
    {
      title: 'Install Istio',
      why: 'Pods are injected only in namespaces that ask for it, so the other mesh is left alone.',
      commands: [precheck, `${installProfile('default')} --verify -y`],
      checks: [systemPods, showVersion],
      rollback: [purge, deleteSystemNamespace],
    },
  ],
  letIn: {
    title: 'Accept plain text in Istio',
    why: 'Pods that have left Istio bring no certificate that it knows. Under `STRICT` they would be refused. Policies of single namespaces and workloads count before this one: look at each that says `STRICT`.',
    commands: ['kubectl get peerauthentication -A', mode('PERMISSIVE')],
    checks: [analyzeAll],
    rollback: [mode('STRICT')],
  },
  beStrict: {
    title: 'Refuse plain text in Istio',
    why: 'Until now Istio has accepted plain text, since clients may still have been outside of it.',
    commands: [mode('STRICT')],
    checks: [analyzeAll, proxyStatus],
    rollback: [mode('PERMISSIVE')],
  },
  join: ({ name }) => [injectSidecars(name)],
  leave: ({ name }) => [leaveMesh(name)],
  checks: (namespace) => [`istioctl analyze -n ${namespace}`, `${proxyStatus} | grep -F .${namespace}`],
  uninstall: {
    title: 'Take Istio out',
    why: 'Only when no pod has a container `istio-proxy` any more. The resources of its kinds go with their definitions: keep the manifests until the last namespace has run well for a while.',
    commands: [
      `kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.containers[*].name} {.spec.initContainers[*].name}{"\\n"}{end}' | grep istio-proxy`,
      purge,
      deleteSystemNamespace,
      "kubectl get crd -o name | grep '\\.istio\\.io$' | xargs kubectl delete",
    ],
  },
  refusing: [AuthorizationPolicy],
};
