"""Generated code calls the environment wherever NoETL's rules differ from Python's."""
# ruff: noqa: N802 (the visitor names its methods after the classes of nodes)

from __future__ import annotations

from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

_DEFINED: Final = ("defined", "undefined")


class RuleGenerator(CodeGenerator):
    """Emits calls of ``RuleEnvironment`` for names, literals, comparisons and text."""

    def _visit_all(self, items: list[nodes.Expr], frame: Frame) -> None:
        for item in items:
            self.visit(item, frame)
            self.write(", ")

    def _visit_unread(self, node: nodes.Expr, frame: Frame) -> None:
        """Visit a node whose view is not yet to be read as its payload."""
        if isinstance(node, nodes.Name):
            super().visit_Name(node, frame)
        elif isinstance(node, nodes.Getattr):
            self._read_attribute(node, frame)
        elif isinstance(node, nodes.Getitem):
            self._read_item(node, frame)
        else:
            self.visit(node, frame)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """Read a result that is used as a whole as its payload."""
        if node.ctx == "load":
            self._visit_whole(node, frame)
        else:
            super().visit_Name(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """Read a key, and a result that it holds as its payload."""
        self._visit_whole(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """Read an item or a slice, and a result that it is as its payload."""
        self._visit_whole(node, frame)

    def _visit_whole(self, node: nodes.Expr, frame: Frame) -> None:
        self.write("environment.whole(")
        self._visit_unread(node, frame)
        self.write(")")

    def _read_attribute(self, node: nodes.Getattr, frame: Frame) -> None:
        """Read a key; methods are found only where they are called."""
        self.write("environment.getattr(")
        self._visit_unread(node.node, frame)
        self.write(f", {node.attr!r})")

    def _read_item(self, node: nodes.Getitem, frame: Frame) -> None:
        if isinstance(node.arg, nodes.Slice):
            self.write("environment.getslice(")
            self.visit(node.node, frame)
            for bound in (node.arg.start, node.arg.stop, node.arg.step):
                self.write(", ")
                self.visit(bound or nodes.Const(None), frame)
            self.write(")")
            return
        self.write("environment.getitem(")
        self._visit_unread(node.node, frame)
        self.write(", ")
        self.visit(node.arg, frame)
        self.write(")")

    def visit_Call(
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Call a method of a value as its method, not as its key."""
        target = node.node
        if isinstance(target, nodes.Getattr):
            self.write("environment.call(context, environment.getmethod(")
            self._visit_unread(target.node, frame)
            self.write(f", {target.attr!r})")
            self.signature(node, frame)
            self.write(")")
            return
        super().visit_Call(node, frame, forward_caller=forward_caller)

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        """Ask whether a name is defined without reading its payload."""
        if node.name in _DEFINED and isinstance(node.node, nodes.Name):
            with self._filter_test_common(node, frame, False):
                self._visit_unread(node.node, frame)
            return
        super().visit_Test(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Join texts with the rule for undefined operands."""
        self.write("environment.join_text((")
        self._visit_all(node.nodes, frame)
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """Compare with the rule for undefined operands, each operand once."""
        self.write("environment.compare(")
        self.visit(node.expr, frame)
        for operand in node.ops:
            self.write(f", {operand.op!r}, lambda: ")
            self.visit(operand.expr, frame)
        self.write(")")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        """Make a list of defined values."""
        self.write("environment.make_list([")
        self._visit_all(node.items, frame)
        self.write("])")

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        """Make a list of a tuple: JSON has no other sequence."""
        if node.ctx != "load":
            super().visit_Tuple(node, frame)
            return
        self.write("environment.make_list([")
        self._visit_all(node.items, frame)
        self.write("])")

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """Make a mapping with text keys, ordered as PostgreSQL orders them."""
        self.write("environment.make_dict([")
        for pair in node.items:
            self._visit_all([pair.key, pair.value], frame)
        self.write("])")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        """Give an "if" without "else" an undefined value like any other."""
        soft = frame.soft()
        self.write("(")
        self.visit(node.expr1, soft)
        self.write(" if ")
        self.visit(node.test, soft)
        self.write(" else ")
        if node.expr2 is None:
            self.write('undefined(name=\'an "if" without "else"\')')
        else:
            self.visit(node.expr2, soft)
        self.write(")")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """Count each iteration against the budget of the render."""
        node.iter = nodes.Call(
            nodes.EnvironmentAttribute("counted"), [node.iter], [], None, None
        )
        super().visit_For(node, frame)

    def _make_finalize(self) -> Any:
        """Print constants at run time too, by the same rules as values."""
        return self._FinalizeInfo(None, None)
