/**
 * How Linkerd comes and goes. Commands as of Linkerd 2.20. Sources: linkerd.io "Installing Linkerd", "Gateway API support",
 * "Adding your service", "Restricting access", "Uninstalling Linkerd"; linkerd2 pkg/healthcheck/sidecar.go
 * (HasExistingSidecars: pods with a container of another mesh are left out).
 */

import type { Moving } from '../moving.ts';
import {
  annotateNamespace,
  check,
  checkBefore,
  checkProxies,
  installCrds,
  installGatewayApi,
  installWithCertificates,
  uninstall,
  uninstallViz,
} from './commands.ts';
import { AuthorizationPolicy, Server } from './kinds.ts';

export const moving: Moving = {
  install: [
    {
      title: 'Install the Gateway API that Linkerd reads',
      why: 'Linkerd brings no definitions of the Gateway API since 2.19, and passes over a route with a field that is newer than the ones it knows.',
      commands: ['kubectl get crd httproutes.gateway.networking.k8s.io', installGatewayApi],
      checks: ['kubectl get crd httproutes.gateway.networking.k8s.io grpcroutes.gateway.networking.k8s.io'],
    },
    {
      title: 'Install Linkerd',
      why: '`linkerd install` makes a trust anchor that lives for one year: for more than a trial bring certificates of your own. Pods are injected only where an annotation asks for it.',
      commands: [checkBefore, installCrds, installWithCertificates],
      checks: [check],
      rollback: [uninstall],
    },
  ],
  letIn: {
    title: 'Accept unauthenticated clients in Linkerd',
    why: 'Pods that have left Linkerd bring no certificate that it knows. Where the default inbound policy, a Server or an AuthorizationPolicy asks for one, they are refused. Pods read the annotation when they start.',
    commands: [
      'kubectl get namespaces -o custom-columns=NAME:.metadata.name,POLICY:.metadata.annotations.config\\\\.linkerd\\\\.io/default-inbound-policy',
      'kubectl get servers,authorizationpolicies.policy.linkerd.io -A',
    ],
    checks: [checkProxies],
  },
  beStrict: {
    title: 'Refuse unauthenticated clients in Linkerd',
    why: 'Linkerd encrypts between its own pods without being asked, and accepts everybody else all the same until it is told not to. Probes of the kubelet stay allowed.',
    commands: ['linkerd upgrade --set proxy.defaultInboundPolicy=all-authenticated | kubectl apply -f -'],
    checks: [checkProxies],
    rollback: ['linkerd upgrade --set proxy.defaultInboundPolicy=all-unauthenticated | kubectl apply -f -'],
  },
  join: ({ name }) => [annotateNamespace(name)],
  leave: ({ name }) => [`kubectl annotate namespace ${name} linkerd.io/inject-`],
  checks: (namespace) => [`${checkProxies} -n ${namespace}`],
  uninstall: {
    title: 'Take Linkerd out',
    why: 'Only when no pod has a container `linkerd-proxy` any more. The resources of its kinds go with their definitions: keep the manifests until the last namespace has run well for a while.',
    commands: [
      `kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.containers[*].name} {.spec.initContainers[*].name}{"\\n"}{end}' | grep linkerd-proxy`,
      uninstallViz,
      uninstall,
    ],
  },
  refusing: [Server, AuthorizationPolicy],
};
