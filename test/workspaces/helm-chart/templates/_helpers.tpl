{{- define "storefront.fullname" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "storefront.labels" -}}
app.kubernetes.io/part-of: {{ include "storefront.fullname" . }}
{{- end }}
