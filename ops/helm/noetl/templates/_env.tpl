{{/* One variable out of a secret: (dict "name" "NOETL_DB" "secret" "s" "key" "k" "optional" false) */}}
{{- define "noetl.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}

{{/* A number without an exponent, a flag as 1 or 0. */}}
{{- define "noetl.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- printf "%.0f" . -}}
{{- else if kindIs "bool" . -}}
{{- ternary "1" "0" . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* Of every process. */}}
{{- define "noetl.env" -}}
- name: NOETL_HOME
  value: /var/lib/noetl
- name: NOETL_LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: NOETL_LOG_FORMAT
  value: {{ .Values.logFormat }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ include "noetl.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* (list $ key-of-the-url) */}}
{{- define "noetl.env.database" -}}
{{- $root := index . 0 -}}
{{- $secret := $root.Values.database.existingSecret -}}
{{ include "noetl.fromSecret" (dict "name" "NOETL_DB" "secret" $secret "key" (index . 1)) }}
{{- with $root.Values.database.keys.direct }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_DB_DIRECT" "secret" $secret "key" .) }}
{{- end }}
{{- end -}}

{{- define "noetl.env.nats" -}}
{{- $url := include "noetl.natsUrl" . -}}
{{- if $url -}}
- name: NOETL_NATS_URL
  value: {{ $url }}
- name: NOETL_NATS_REPLICAS
  value: {{ .Values.nats.streamReplicas | quote }}
- name: NOETL_NATS_MAX_BYTES
  value: {{ .Values.nats.streamMaxBytes | int64 | quote }}
- name: NOETL_NATS_REQUIRED
  value: {{ ternary "1" "0" .Values.nats.required | quote }}
{{- $keys := .Values.nats.keys }}
{{- $secret := include "noetl.natsSecret" . }}
{{- if .Values.nats.enabled }}
- name: NOETL_NATS_USER
  value: noetl
{{ include "noetl.fromSecret" (dict "name" "NOETL_NATS_PASSWORD" "secret" $secret "key" $keys.password) }}
{{- else if $secret }}
{{- with $keys.user }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_NATS_USER" "secret" $secret "key" .) }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_NATS_PASSWORD" "secret" $secret "key" $keys.password) }}
{{- end }}
{{- with $keys.token }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_NATS_TOKEN" "secret" $secret "key" .) }}
{{- end }}
{{- if $keys.nkeySeed }}
- name: NOETL_NATS_NKEY_SEED_FILE
  value: /run/secrets/noetl/nats/{{ $keys.nkeySeed }}
{{- end }}
{{- if $keys.credentials }}
- name: NOETL_NATS_CREDENTIALS_FILE
  value: /run/secrets/noetl/nats/{{ $keys.credentials }}
{{- end }}
{{- end }}
{{- with .Values.nats.tls }}
{{- if .existingSecret }}
{{- if .ca }}
- name: NOETL_NATS_TLS_CA
  value: /run/secrets/noetl/nats-tls/{{ .ca }}
{{- end }}
{{- if .cert }}
- name: NOETL_NATS_TLS_CERT
  value: /run/secrets/noetl/nats-tls/{{ .cert }}
{{- end }}
{{- if .key }}
- name: NOETL_NATS_TLS_KEY
  value: /run/secrets/noetl/nats-tls/{{ .key }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Files with secrets for NATS. */}}
{{- define "noetl.natsVolumes" -}}
{{- if include "noetl.natsUrl" . }}
{{- if or .Values.nats.keys.nkeySeed .Values.nats.keys.credentials }}
- name: nats
  secret:
    secretName: {{ include "noetl.natsSecret" . }}
    defaultMode: 0440
{{- end }}
{{- if .Values.nats.tls.existingSecret }}
- name: nats-tls
  secret:
    secretName: {{ .Values.nats.tls.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}

{{- define "noetl.natsMounts" -}}
{{- if include "noetl.natsUrl" . }}
{{- if or .Values.nats.keys.nkeySeed .Values.nats.keys.credentials }}
- name: nats
  mountPath: /run/secrets/noetl/nats
  readOnly: true
{{- end }}
{{- if .Values.nats.tls.existingSecret }}
- name: nats-tls
  mountPath: /run/secrets/noetl/nats-tls
  readOnly: true
{{- end }}
{{- end }}
{{- end -}}

{{- define "noetl.env.stores" -}}
- name: NOETL_DEFAULT_STORE_TIER
  value: {{ include "noetl.storeTier" . }}
{{- with include "noetl.minioEndpoint" . }}
- name: NOETL_MINIO_ENDPOINT
  value: {{ . }}
- name: NOETL_MINIO_BUCKET
  value: {{ $.Values.minio.bucket }}
- name: NOETL_MINIO_REGION
  value: {{ $.Values.minio.region }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_MINIO_ACCESS_KEY" "secret" (include "noetl.minioSecret" $) "key" $.Values.minio.keys.accessKey) }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_MINIO_SECRET_KEY" "secret" (include "noetl.minioSecret" $) "key" $.Values.minio.keys.secretKey) }}
{{- end }}
{{- with .Values.s3 }}
{{- if .bucket }}
- name: NOETL_S3_BUCKET
  value: {{ .bucket }}
{{- if .endpoint }}
- name: NOETL_S3_ENDPOINT
  value: {{ .endpoint }}
{{- end }}
{{- if .region }}
- name: NOETL_S3_REGION
  value: {{ .region }}
{{- end }}
{{- if .existingSecret }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_S3_ACCESS_KEY" "secret" .existingSecret "key" .keys.accessKey) }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_S3_SECRET_KEY" "secret" .existingSecret "key" .keys.secretKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.gcs }}
{{- if .bucket }}
- name: NOETL_GCS_BUCKET
  value: {{ .bucket }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_GCS_ACCESS_KEY" "secret" .existingSecret "key" .keys.accessKey) }}
{{ include "noetl.fromSecret" (dict "name" "NOETL_GCS_SECRET_KEY" "secret" .existingSecret "key" .keys.secretKey) }}
{{- end }}
{{- end }}
{{- if .Values.sharedVolume.enabled }}
- name: NOETL_PVC_MOUNT_PATH
  value: {{ .Values.sharedVolume.mountPath }}
{{- end }}
{{- end -}}

{{/* The disk for temporary files, and what else every process of ours mounts. (dict "root" $ "size" "1Gi") */}}
{{- define "noetl.scratchVolumes" -}}
- name: home
  emptyDir: { sizeLimit: {{ .size }} }
- name: tmp
  emptyDir: { sizeLimit: {{ .size }} }
{{- end -}}

{{- define "noetl.scratchMounts" -}}
- name: home
  mountPath: /var/lib/noetl
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "noetl.sharedVolumes" -}}
{{- if .Values.sharedVolume.enabled }}
- name: shared
  persistentVolumeClaim:
    claimName: {{ include "noetl.claimName" . }}
{{- if eq .Values.sharedVolume.type "gcsfuse" }}
- name: gke-gcsfuse-cache
  emptyDir: { sizeLimit: {{ .Values.sharedVolume.gcsfuse.cacheSize }} }
{{- end }}
{{- end }}
{{- end -}}

{{- define "noetl.sharedMounts" -}}
{{- if .Values.sharedVolume.enabled }}
- name: shared
  mountPath: {{ .Values.sharedVolume.mountPath }}
{{- end }}
{{- end -}}

{{- define "noetl.sharedAnnotations" -}}
{{- if and .Values.sharedVolume.enabled (eq .Values.sharedVolume.type "gcsfuse") }}
gke-gcsfuse/volumes: "true"
{{- end }}
{{- end -}}
