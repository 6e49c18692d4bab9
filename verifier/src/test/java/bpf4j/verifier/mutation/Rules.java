package bpf4j.verifier.mutation;

import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds the places of a method that do nothing but throw, and the conditional jumps that lead
/// there: what the verifier's rules compile to. A rule is turned off by sending those jumps the
/// other way.
final class Rules {
    /// What is thrown is no refusal, but tells of a bug of ours.
    private static final String OURS = "bug";

    /// A rule.
    ///
    /// @param name class, method and what the refusal says
    /// @param guards the jumps that lead to it by site, and whether they do so when taken
    record Rule(String name, Map<Integer, Boolean> guards) {}

    /// Instructions without a jump into or out of them.
    private static final class Block {
        final List<CodeElement> elements = new ArrayList<>();
        final List<Integer> next = new ArrayList<>();
        int site = -1;
        boolean ends;
        boolean throwing;
    }

    private final List<Block> blocks = new ArrayList<>();
    private final Map<Label, Integer> labels = new HashMap<>();

    private Rules(CodeModel code, int firstSite) {
        Block block = new Block();
        int site = firstSite;
        for (CodeElement element : code) {
            if (element instanceof LabelTarget target) {
                if (!block.elements.isEmpty()) {
                    blocks.add(block);
                    block = new Block();
                }
                labels.put(target.label(), blocks.size());
                continue;
            }
            block.elements.add(element);
            boolean jumps = element instanceof BranchInstruction;
            if (element instanceof BranchInstruction branch && Instrumenter.isConditional(branch)) {
                block.site = site++;
            }
            block.throwing |= element instanceof ThrowInstruction;
            block.ends =
                    element instanceof ThrowInstruction
                            || element instanceof ReturnInstruction
                            || element instanceof TableSwitchInstruction
                            || element instanceof LookupSwitchInstruction
                            || (jumps && block.site < 0);
            if (jumps || block.ends) {
                blocks.add(block);
                block = new Block();
            }
        }
        blocks.add(block);
        for (int i = 0; i < blocks.size(); i++) {
            connect(i);
        }
    }

    private void connect(int index) {
        Block block = blocks.get(index);
        if (!block.ends && index + 1 < blocks.size()) {
            block.next.add(index + 1);
        }
        if (block.elements.isEmpty()) {
            return;
        }
        switch (block.elements.getLast()) {
            case BranchInstruction branch -> block.next.add(labels.get(branch.target()));
            case TableSwitchInstruction table -> {
                table.cases().forEach(c -> block.next.add(labels.get(c.target())));
                block.next.add(labels.get(table.defaultTarget()));
            }
            case LookupSwitchInstruction table -> {
                for (SwitchCase c : table.cases()) {
                    block.next.add(labels.get(c.target()));
                }
                block.next.add(labels.get(table.defaultTarget()));
            }
            default -> {}
        }
    }

    static List<Rule> of(String type, String method, CodeModel code, int firstSite) {
        return new Rules(code, firstSite).find(type + "." + method);
    }

    private List<Rule> find(String place) {
        boolean[] doomed = new boolean[blocks.size()];
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = blocks.size() - 1; i >= 0; i--) {
                Block block = blocks.get(i);
                boolean now =
                        block.throwing
                                || (!block.next.isEmpty()
                                        && block.next.stream().allMatch(n -> doomed[n]));
                changed |= now && !doomed[i];
                doomed[i] |= now;
            }
        }
        Map<Integer, Map<Integer, Boolean>> guards = new LinkedHashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.site < 0 || doomed[i]) {
                continue;
            }
            for (int edge = 0; edge < 2; edge++) {
                int to = block.next.get(edge);
                if (doomed[to]) {
                    guards.computeIfAbsent(to, _ -> new LinkedHashMap<>())
                            .put(block.site, edge == 1);
                }
            }
        }
        List<Rule> rules = new ArrayList<>();
        guards.forEach(
                (block, jumps) -> {
                    String text = text(block);
                    if (!text.equals(OURS)) {
                        rules.add(new Rule(place + ": " + text, jumps));
                    }
                });
        return rules;
    }

    /// The text that is thrown, or [#OURS].
    private String text(int start) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < blocks.size(); i++) {
            for (CodeElement element : blocks.get(i).elements) {
                switch (element) {
                    case NewObjectInstruction created
                            when created.className().asInternalName().startsWith("java/lang/") -> {
                        return OURS;
                    }
                    case ConstantInstruction.LoadConstantInstruction constant
                            when constant.constantValue() instanceof String s ->
                            text.append(s);
                    case InvokeDynamicInstruction dynamic ->
                            dynamic.bootstrapArgs().stream()
                                    .filter(String.class::isInstance)
                                    .forEach(s -> text.append(s));
                    default -> {}
                }
            }
            if (blocks.get(i).throwing) {
                break;
            }
        }
        return text.toString().replace('\u0001', '*').strip();
    }
}
