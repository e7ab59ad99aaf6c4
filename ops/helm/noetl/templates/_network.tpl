{{/* Whom a policy is about: (dict "root" $ "component" "worker") */}}
{{- define "noetl.peer" -}}
podSelector:
  matchLabels:
    {{- include "noetl.selector" . | nindent 4 }}
{{- end -}}

{{- define "noetl.egress" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
- ports:
    {{- range .Values.networkPolicies.databasePorts }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- if .Values.nats.enabled }}
- to:
    - {{- include "noetl.peer" (dict "root" . "component" "nats") | nindent 6 }}
  ports:
    - { protocol: TCP, port: 4222 }
{{- else if .Values.nats.url }}
- ports:
    - { protocol: TCP, port: 4222 }
{{- end }}
{{- with .Values.networkPolicies.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "noetl.egress.stores" -}}
{{- if .Values.minio.enabled }}
- to:
    - {{- include "noetl.peer" (dict "root" . "component" "minio") | nindent 6 }}
  ports:
    - { protocol: TCP, port: 9000 }
{{- end }}
{{- $endpoints := list .Values.minio.endpoint .Values.s3.endpoint }}
{{- if or .Values.gcs.bucket .Values.s3.bucket (eq .Values.sharedVolume.type "gcsfuse") }}
{{- $endpoints = append $endpoints "https://store" }}
{{- end }}
{{- range $endpoints }}
{{- if . }}
{{- $url := urlParse . }}
- ports:
    - { protocol: TCP, port: {{ regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) }} }
{{- end }}
{{- end }}
{{- end -}}
