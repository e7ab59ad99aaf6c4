-- The manifest: every function, callees first. psql -f this file re-applies them all; "make bundle"
-- expands it.

-- Ground: the clock, locks, ids, settings, the log and the outbox
\ir engine/clock_now.sql
\ir engine/clock_ms.sql
\ir engine/lock_key.sql
\ir engine/setting_integer.sql
\ir engine/require_read_committed.sql
\ir engine/execution_id_at.sql
\ir engine/new_execution_id.sql
\ir engine/create_partitions.sql
\ir engine/append_event.sql
\ir engine/event_types.sql
\ir engine/ring_tickers.sql
\ir engine/mark_change.sql
\ir engine/is_advance_due.sql
\ir engine/served_place.sql
\ir engine/python_type.sql
\ir engine/deep_merge.sql
\ir engine/assign_path.sql

-- Expressions: compiler and evaluator
\ir expression/install.sql

-- Playbooks: validation and compilation
\ir playbook/install.sql
\ir api/lint_playbook.sql
\ir api/register_playbook.sql

-- Results: references, payloads, the items of loops
\ir engine/bigint_of.sql
\ir engine/ref_id_of.sql
\ir engine/loop_uri.sql
\ir engine/add_result_ref.sql
\ir engine/store_payload.sql
\ir engine/store_result.sql
\ir engine/store_items.sql
\ir engine/load_items.sql
\ir engine/result_range.sql
\ir engine/loop_results.sql
\ir engine/kept_step.sql
\ir engine/results_of_step.sql
\ir engine/is_scope_over.sql

-- Names: what the expressions of a run can see, and what they write
\ir engine/require_few_items.sql
\ir engine/result_view.sql
\ir engine/result_value.sql
\ir engine/result_envelope.sql
\ir engine/base_locals.sql
\ir engine/visible_input.sql
\ir engine/chunk_mark.sql
\ir engine/chunk_part.sql
\ir engine/chunk_names.sql
\ir engine/entry_locals.sql
\ir engine/chunk_views.sql
\ir engine/load_mapping.sql
\ir engine/load_signals.sql
\ir engine/load_scope.sql
\ir engine/evaluate.sql
\ir engine/evaluate_defined.sql
\ir engine/is_true.sql
\ir engine/write_ctx.sql
\ir engine/merge_writes.sql
\ir engine/write_names.sql
\ir engine/apply_set.sql
\ir engine/defined_entries.sql
\ir engine/save_step_result.sql

-- Commands: issue, claim, finish
\ir engine/command_id_of.sql
\ir engine/command_meta.sql
\ir engine/draft_of.sql
\ir engine/outcome_draft.sql
\ir engine/ring_doorbell.sql
\ir engine/is_publishing.sql
\ir engine/first_publication.sql
\ir engine/mark_publications.sql
\ir engine/publish_queued.sql
\ir engine/issue_batch.sql
\ir engine/issue_again.sql
\ir engine/claim_floor.sql
\ir engine/lowest_place.sql
\ir engine/is_floor_due.sql
\ir engine/require_counts.sql
\ir engine/require_capacity.sql
\ir engine/pick_first.sql
\ir engine/open_kinds.sql
\ir engine/passed_places.sql
\ir engine/note_passed.sql
\ir engine/lock_fitting.sql
\ir engine/pick_fitting.sql
\ir engine/lease_commands.sql
\ir engine/hand_out.sql
\ir engine/finish_commands.sql
\ir engine/log_cancelled.sql
\ir engine/log_heartbeats.sql
\ir engine/outcome_context.sql
\ir engine/item_meta.sql
\ir engine/log_items.sql
\ir engine/log_outcomes.sql

-- Routing: steps, arcs, joins, the end
\ir engine/step_definition.sql
\ir engine/is_no_next_an_error.sql
\ir engine/describe_token.sql
\ir engine/last_place.sql
\ir engine/insert_token.sql
\ir engine/add_token.sql
\ir engine/pass_token.sql
\ir engine/fail_run.sql
\ir engine/exit_locals.sql
\ir engine/choose_arcs.sql
\ir engine/leave_step.sql
\ir engine/exit_step.sql
\ir engine/is_turn.sql
\ir engine/open_turns.sql
\ir engine/release_slot.sql
\ir engine/finish_step.sql
\ir engine/finish_call.sql
\ir engine/slot_of.sql
\ir engine/request_slot.sql
\ir engine/grant_slots.sql
\ir engine/enter_granted.sql
\ir engine/admission.sql
\ir engine/issue_step.sql
\ir engine/join_arrivals.sql
\ir engine/merge_tokens.sql
\ir engine/fire_joins.sql
\ir engine/waiting_reason.sql
\ir engine/complete_run.sql
\ir engine/enter_final_step.sql
\ir engine/settle_run.sql
\ir engine/queue_run.sql

-- Loops: window, chunks, fan-in
\ir engine/loop_policy.sql
\ir engine/loop_window.sql
\ir engine/loop_frame.sql
\ir engine/failure_limit.sql
\ir engine/loop_verdict.sql
\ir engine/loop_payload.sql
\ir engine/loop_result.sql
\ir engine/loop_error.sql
\ir engine/is_loop_lost.sql
\ir engine/is_loop_starved.sql
\ir engine/gather_ctx.sql
\ir engine/draft_items.sql
\ir engine/repeat_items.sql
\ir engine/draw_items.sql
\ir engine/cancel_items.sql
\ir engine/count_loop.sql
\ir engine/lock_loop.sql
\ir engine/fill_loop.sql
\ir engine/drain_loop.sql
\ir engine/log_loop_end.sql
\ir engine/leave_loop.sql
\ir engine/leave_gathered.sql
\ir engine/close_loop.sql
\ir engine/add_loop.sql
\ir engine/begin_loop.sql
\ir engine/frame_capacity.sql
\ir engine/draft_frames.sql
\ir engine/begin_cursor.sql
\ir engine/enter_loop.sql
\ir engine/wait_of.sql
\ir engine/take_signal.sql
\ir engine/end_wait.sql
\ir engine/begin_wait.sql
\ir engine/enter_step.sql
\ir engine/admit_token.sql
\ir engine/route_token.sql
\ir engine/advance_run.sql
\ir engine/end_due_waits.sql

-- Streams: chunks of commands that are still at work
\ir engine/last_chunk.sql
\ir engine/branch_token.sql
\ir engine/deliver_chunk.sql
\ir engine/record_chunk.sql
\ir engine/stream_of.sql
\ir engine/own_chunks.sql
\ir engine/lock_loops.sql
\ir engine/record_chunks.sql
\ir engine/add_chunks.sql

-- Outcomes: what a report, a lost worker or a refused command leads to
\ir engine/write_loop_ctx.sql
\ir engine/failed_shards.sql
\ir engine/add_tallies.sql
\ir engine/count_tally.sql
\ir engine/frame_size.sql
\ir engine/frame_items.sql
\ir engine/slot_states.sql
\ir engine/count_frames.sql
\ir engine/count_outcomes.sql
\ir engine/settle_loop.sql
\ir engine/count_tallies.sql
\ir engine/begin_collected.sql
\ir engine/end_plain_command.sql
\ir engine/apply_outcomes.sql
\ir engine/defer_reports.sql
\ir engine/reject_reports.sql
\ir engine/outcome_problem.sql
\ir engine/frame_problem.sql
\ir engine/chunk_problem.sql
\ir engine/report_problem.sql
\ir engine/parse_reports.sql
\ir engine/is_suspect.sql
\ir engine/take_reports.sql
\ir engine/record_run.sql
\ir engine/record_batch.sql
\ir engine/ingest_events.sql
\ir engine/requeue_commands.sql
\ir engine/requeue_sessions.sql
\ir engine/lost_sessions.sql
\ir engine/requeue_unlisted.sql

-- The end of a run that fails or is cancelled
\ir engine/end_swept_run.sql
\ir engine/sweep_run.sql
\ir engine/cancel_orphan.sql
\ir engine/advance_change.sql

-- The read model
\ir engine/step_states.sql
\ir engine/run_state.sql
\ir engine/project_run.sql
\ir engine/checkpoint_pause.sql
\ir engine/due_shards.sql
\ir engine/own_shards.sql
\ir engine/shard_state.sql
\ir engine/write_checkpoints.sql
\ir engine/note_projected.sql
\ir engine/take_changes.sql
\ir engine/project_dirty.sql

-- Retention: what is kept of executions that ended long ago
\ir retention/install.sql

-- Recovery: state made again from the events
\ir engine/retried_at.sql
\ir engine/told_tokens.sql
\ir engine/told_entries.sql
\ir engine/told_queue.sql
\ir engine/told_ends.sql
\ir engine/told_items.sql
\ir engine/told_commands.sql
\ir engine/told_moves.sql
\ir engine/drop_state.sql
\ir engine/rebuild_run.sql
\ir engine/rebuild_tokens.sql
\ir engine/rebuild_slots.sql
\ir engine/rebuild_signals.sql
\ir engine/rebuild_loops.sql
\ir engine/rebuild_commands.sql
\ir engine/settle_loops.sql
\ir engine/rebuild_repeats.sql
\ir engine/restart_cursors.sql
\ir engine/rebuild_names.sql
\ir engine/rebuild_outbox.sql
\ir engine/finish_calls.sql
\ir engine/finish_loops.sql
\ir engine/rebuild_state.sql

-- Control: pause, resume, retry, signals
\ir engine/pause_run.sql
\ir engine/resume_run.sql
\ir engine/retry_run.sql
\ir engine/is_child_needed.sql
\ir engine/require_live_parent.sql
\ir engine/control_tree.sql
\ir engine/require_signal.sql
\ir engine/receive_signal.sql

-- A new run
\ir engine/find_playbook.sql
\ir engine/may_use_credential.sql
\ir engine/check_credentials.sql
\ir engine/require_session.sql
\ir engine/parent_of.sql
\ir engine/require_options.sql
\ir engine/claim_start_key.sql
\ir engine/reads_any.sql
\ir engine/workload_of.sql
\ir engine/workload_context.sql
\ir engine/create_run.sql
\ir engine/start_run.sql

-- Schedules: when to start what
\ir schedule/install.sql

-- Metrics: what the database knows of the system's state
\ir metric/install.sql

-- Work that nobody takes
\ir engine/is_served.sql
\ir engine/unserved_steps.sql

-- API: people and programs
\ir api/start_execution.sql
\ir api/cancel_execution.sql
\ir api/pause_execution.sql
\ir api/resume_execution.sql
\ir api/retry_execution.sql
\ir api/signal_execution.sql
\ir api/rebuild.sql
\ir api/rebuild_execution_projection.sql
\ir api/rebuild_projection.sql
\ir api/execution_status.sql
\ir api/list_executions.sql
\ir api/list_events.sql
\ir api/settled_events.sql
\ir api/find_command.sql
\ir api/list_playbooks.sql
\ir api/list_results.sql
\ir api/find_result.sql
\ir api/find_step_result.sql
\ir api/trace.sql
\ir api/list_workers.sql
\ir api/list_unserved.sql
\ir api/projection_lag.sql
\ir api/list_shards.sql
\ir api/metrics.sql
\ir api/partitions_ahead.sql
\ir api/retention_plan.sql
\ir api/put_credential.sql
\ir api/remove_credential.sql
\ir api/list_credentials.sql
\ir api/list_sealed_credentials.sql
\ir api/reseal_credential.sql
\ir api/put_schedule.sql
\ir api/remove_schedule.sql
\ir api/pause_schedule.sql
\ir api/resume_schedule.sql
\ir api/list_schedules.sql

-- API: its version, and the tokens of its HTTP side
\ir api/api_version.sql
\ir api/add_api_token.sql
\ir api/revoke_api_token.sql
\ir api/list_api_tokens.sql
\ir api/check_api_token.sql

-- API: workers
\ir engine/require_run.sql
\ir engine/require_kin.sql
\ir engine/keep_publishing.sql
\ir engine/live_dispatchers.sql
\ir engine/forget_publications.sql
\ir engine/stop_publishing.sql
\ir engine/give_up_duties.sql
\ir engine/begin_session.sql
\ir api/register_session.sql
\ir api/register_dispatcher.sql
\ir api/end_session.sql
\ir api/heartbeat.sql
\ir api/claim_commands.sql
\ir api/release_commands.sql
\ir api/read_step.sql
\ir api/read_context.sql
\ir api/read_items.sql
\ir api/read_results.sql
\ir api/store_items.sql
\ir api/read_credential.sql
\ir api/record_results.sql
\ir api/read_result.sql
\ir api/expire_results.sql
\ir api/unknown_objects.sql
\ir api/child_status.sql
\ir api/record_events.sql
\ir api/record_shard.sql
\ir api/exchange.sql
\ir api/stream_state.sql
\ir api/unknown_executions.sql
\ir api/park_message.sql
\ir api/list_dead_letters.sql
\ir engine/retry_message.sql
\ir api/retry_dead_letters.sql
\ir api/discard_dead_letters.sql

-- API: transitions that anybody may have to make, and ticks
\ir api/issue_commands.sql
\ir api/issue_command.sql
\ir api/claim_loop_done.sql
\ir api/reap_stale.sql
\ir api/advance_changes.sql
\ir api/wake_runs.sql
\ir api/expand_loops.sql
\ir api/project_changes.sql
\ir api/project_shard.sql
\ir api/project_shards.sql
\ir api/raise_floor.sql
\ir engine/lease_share.sql
\ir engine/hold_session.sql
\ir engine/take_duties.sql
\ir engine/hold_special_duties.sql
\ir engine/hold_duties.sql
\ir engine/take_shards.sql
\ir engine/hold_shards.sql
\ir engine/duties_of.sql
\ir engine/has_loop_work.sql
\ir engine/has_outbox_work.sql
\ir engine/next_projection.sql
\ir api/due_work.sql
\ir api/fire_schedules.sql
\ir engine/worker_rooms.sql
\ir engine/less_room.sql
\ir engine/take_seats.sql
\ir engine/choose_workers.sql
\ir api/take_publications.sql
\ir api/confirm_publications.sql
\ir api/maintain_partitions.sql
\ir api/retain.sql
