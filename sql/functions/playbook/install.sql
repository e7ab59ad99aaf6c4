-- Words: names, spellings, messages
\ir edit_distance.sql
\ir closest_name.sql
\ir suggest_name.sql
\ir mapping_of.sql
\ir list_of.sql
\ir text_of.sql
\ir find_key.sql
\ir join_path.sql
\ir describe_value.sql
\ir make_problem.sql

-- Grammar: which keys a playbook may hold, and the check against it
\ir grammar_types.sql
\ir grammar_nodes.sql
\ir grammar_tools.sql
\ir parse_keys.sql
\ir playbook_grammar.sql
\ir is_named_task.sql
\ir node_of.sql
\ir fits_type.sql
\ir describe_types.sql
\ir check_key.sql
\ir check_node.sql
\ir check_value.sql

-- Compilation: one form for every spelling, templates compiled
\ir duration_seconds.sql
\ir modern_expression.sql
\ir template_problems.sql
\ir compile_at.sql
\ir collect_sets.sql
\ir compile_sets.sql
\ir input_key.sql
\ir compile_admit.sql
\ir list_arcs.sql
\ir stream_window.sql
\ir compile_next.sql
\ir has_stream.sql
\ir merge_specs.sql
\ir list_tasks.sql
\ir loop_source.sql
\ir compile_loop.sql
\ir compile_rules.sql
\ir workbook_tools.sql
\ir compile_tool.sql
\ir compile_tools.sql
\ir compile_result.sql
\ir builtin_names.sql
\ir run_names.sql
\ir known_names.sql
\ir strip_set_places.sql
\ir strip_places.sql
\ir compile_task.sql
\ir loop_checks.sql
\ir compile_wait.sql
\ir compile_concurrency.sql
\ir compile_step.sql
\ir workload_templates.sql
\ir credential_names.sql
\ir compile_head.sql
\ir compile_playbook.sql

-- The graph of the steps
\ir step_graph.sql
\ir reverse_graph.sql
\ir reachable_steps.sql
\ir is_on_cycle.sql
\ir live_arcs.sql
\ir endless_steps.sql
\ir chunk_split.sql
\ir split_targets.sql
\ir step_joins.sql

-- Checks that need the compiled form
\ir check_head.sql
\ir check_steps.sql
\ir check_kind.sql
\ir check_pipeline.sql
\ir check_tools.sql
\ir check_sets.sql
\ir check_loops.sql
\ir check_waits.sql
\ir check_transfers.sql
\ir check_cursors.sql
\ir check_streams.sql
\ir list_templates.sql
\ir check_templates.sql
\ir check_names.sql
\ir check_keychain.sql
\ir check_flow.sql
\ir check_arcs.sql
\ir refuse_document.sql
\ir playbook_problems.sql
\ir analyze_playbook.sql

-- Storing
\ir raise_problems.sql
\ir content_at.sql
\ir store_playbook.sql
