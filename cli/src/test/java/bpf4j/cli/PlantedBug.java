package bpf4j.cli;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.Width;
import bpf4j.spec.LoadPolicy;
import bpf4j.testkit.cases.Case;
import bpf4j.testkit.cases.LocalEngine;
import bpf4j.vm.Engine;

import java.nio.ByteOrder;

/// An implementation with one mistake: it shifts the whole register right where just the lower half
/// is meant. It speaks the protocol of cases.
final class PlantedBug {
    private PlantedBug() {}

    public static void main(String[] arguments) throws Exception {
        LocalEngine engine = new LocalEngine(Engine.INTERPRETER, LoadPolicy.TRUSTED, true);
        try (CaseFiles in = CaseFiles.open("-")) {
            for (Case test = in.next(); test != null; test = in.next()) {
                Code code = Codec.decodeUnverified(test.insns(), ByteOrder.LITTLE_ENDIAN);
                Code wrong = code.map(pc -> wrong(code.at(pc)));
                System.out.println(CaseReport.of(engine.run(with(test, wrong), 0)));
                System.out.flush();
            }
        }
    }

    private static Insn wrong(Insn insn) {
        return insn instanceof Insn.Alu(var width, var op, int dst, var src)
                        && width == Width.W32
                        && op == AluOp.RSH
                ? new Insn.Alu(Width.W64, op, dst, src)
                : insn;
    }

    private static Case with(Case test, Code code) {
        return new Case(
                test.name(),
                test.programType(),
                test.attachType(),
                test.programFlags(),
                test.license(),
                Codec.encode(code, ByteOrder.LITTLE_ENDIAN),
                test.maps(),
                test.mapReferences(),
                test.btf(),
                test.functions(),
                test.runs(),
                test.expect());
    }
}
