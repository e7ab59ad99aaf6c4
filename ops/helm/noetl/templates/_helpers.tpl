{{/* The beginning of every name. */}}
{{- define "noetl.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (dict "root" $ "component" "worker" "pool" "default") */}}
{{- define "noetl.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .pool }}
noetl.io/worker-pool: {{ . }}
{{- end }}
{{- end -}}

{{- define "noetl.labels" -}}
{{ include "noetl.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* (dict "root" $ "image" .Values.image.shell "own" true): own images have the registry and the chart's version. */}}
{{- define "noetl.image" -}}
{{- $repository := .image.repository -}}
{{- if and .own .root.Values.image.registry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .root.Values.image.registry) $repository -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .root.Chart.AppVersion .image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "noetl.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What every pod has: nobody's rights, nothing to write but what is mounted. */}}
{{- define "noetl.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user | default 10001 }}
  runAsGroup: {{ .user | default 10001 }}
  fsGroup: {{ .user | default 10001 }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "noetl.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* (dict "of" a mapping with nodeSelector and so on, "selector" labels) */}}
{{- define "noetl.placement" -}}
topologySpreadConstraints:
{{- if .of.topologySpreadConstraints }}
  {{- toYaml .of.topologySpreadConstraints | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- .selector | nindent 8 }}
{{- end }}
{{- with .of.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .of.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .of.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .of.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* (list $ pool): the pool over the defaults, as JSON. */}}
{{- define "noetl.pool" -}}
{{- $root := index . 0 -}}
{{- $pool := mustMergeOverwrite (deepCopy $root.Values.workerDefaults) (deepCopy (index . 1)) -}}
{{- if not $pool.pools -}}
{{- $_ := set $pool "pools" (list $pool.name) -}}
{{- end -}}
{{- if not $pool.transport -}}
{{- $_ := set $pool "transport" (ternary "nats" "postgres" (ne (include "noetl.natsUrl" $root) "")) -}}
{{- end -}}
{{- toJson $pool -}}
{{- end -}}

{{/* Names of what the release makes or is told of. */}}
{{- define "noetl.minioEndpoint" -}}
{{- if .Values.minio.enabled -}}
http://{{ include "noetl.fullname" . }}-minio:9000
{{- else -}}
{{- .Values.minio.endpoint -}}
{{- end -}}
{{- end -}}

{{- define "noetl.minioSecret" -}}
{{- .Values.minio.existingSecret | default (printf "%s-minio" (include "noetl.fullname" .)) -}}
{{- end -}}

{{- define "noetl.natsUrl" -}}
{{- if .Values.nats.enabled -}}
nats://{{ include "noetl.fullname" . }}-nats:4222
{{- else -}}
{{- .Values.nats.url -}}
{{- end -}}
{{- end -}}

{{- define "noetl.natsSecret" -}}
{{- if .Values.nats.existingSecret -}}
{{- .Values.nats.existingSecret -}}
{{- else if .Values.nats.enabled -}}
{{- include "noetl.fullname" . }}-nats
{{- end -}}
{{- end -}}

{{- define "noetl.encryptionSecret" -}}
{{- .Values.encryptionKey.existingSecret | default (printf "%s-encryption-key" (include "noetl.fullname" .)) -}}
{{- end -}}

{{- define "noetl.claimName" -}}
{{- .Values.sharedVolume.existingClaim | default .Values.sharedVolume.claimName -}}
{{- end -}}

{{/* Where large results go. */}}
{{- define "noetl.storeTier" -}}
{{- if .Values.results.defaultTier -}}
{{- .Values.results.defaultTier -}}
{{- else if .Values.sharedVolume.enabled -}}
pvc
{{- else if include "noetl.minioEndpoint" . -}}
minio
{{- else if .Values.s3.bucket -}}
s3
{{- else if .Values.gcs.bucket -}}
gcs
{{- else -}}
db
{{- end -}}
{{- end -}}

{{/* The stores that are made at the start, separated by spaces. */}}
{{- define "noetl.storesToMake" -}}
{{- $tiers := list -}}
{{- if include "noetl.minioEndpoint" . }}{{ $tiers = append $tiers "minio" }}{{ end -}}
{{- if .Values.s3.bucket }}{{ $tiers = append $tiers "s3" }}{{ end -}}
{{- if .Values.gcs.bucket }}{{ $tiers = append $tiers "gcs" }}{{ end -}}
{{- if .Values.sharedVolume.enabled }}{{ $tiers = append $tiers "pvc" }}{{ end -}}
{{- $default := include "noetl.storeTier" . -}}
{{- if has $default (list "kv" "object") }}{{ $tiers = append $tiers $default }}{{ end -}}
{{- join " " $tiers -}}
{{- end -}}

{{/* args of a container that makes or checks the stores: (list $ "init") */}}
{{- define "noetl.storeArgs" -}}
{{- $root := index . 0 -}}
args:
  - store
  - {{ index . 1 }}
  {{- range splitList " " (include "noetl.storesToMake" $root) }}
  - {{ . }}
  {{- end }}
  {{- if $root.Values.sharedVolume.enabled }}
  - --volume={{ $root.Release.Namespace }}/{{ $root.Release.Name }}
  {{- end }}
  - --wait={{ $root.Values.init.waitSeconds }}
{{- end -}}

{{/* What ends a Job at once: exit code 2, bad settings, which trying again does not make better. */}}
{{- define "noetl.failurePolicy" -}}
podFailurePolicy:
  rules:
    - action: FailJob
      onExitCodes: { containerName: {{ . }}, operator: In, values: [2] }
{{- end -}}
