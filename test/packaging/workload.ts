/** A Deployment of no pods that uses a ConfigMap which nobody made. */
export const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: 'app', image: 'local/busybox:1', envFrom: [{ configMapRef: { name: 'web' } }] }],
      },
    },
  },
};
