package bpf4j.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The arrows between the modules, as ARCHITECTURE.md draws them.
class ArchitectureTest {
    /// The packages of each module.
    private static final Map<String, String[]> PACKAGES = new TreeMap<>();

    /// The modules that each module may use: all that its arrows reach.
    private static final Map<String, String[]> ARROWS = new TreeMap<>();

    static {
        module("isa", "bpf4j.isa..", "bpf4j.spec..", "bpf4j.btf..");
        module("loader", "bpf4j.loader..").put("loader", new String[] {"isa"});
        module("runtime", "bpf4j.runtime..").put("runtime", new String[] {"isa"});
        module("verifier", "bpf4j.verifier..").put("verifier", new String[] {"isa"});
        String[] engine = {"isa", "runtime", "verifier"};
        module("interpreter", "bpf4j.interpreter..").put("interpreter", engine);
        module("jit", "bpf4j.jit..").put("jit", engine);
        module("kernel", "bpf4j.kernel..").put("kernel", new String[] {"isa", "runtime"});
        String[] below = {"isa", "loader", "runtime", "verifier", "interpreter", "jit"};
        module("vm", "bpf4j.vm..").put("vm", below);
        String[] above = {
            "isa", "loader", "runtime", "verifier", "interpreter", "jit", "vm", "kernel"
        };
        module("testkit", "bpf4j.testkit..").put("testkit", above);
        module("perf", "bpf4j.perf..").put("perf", above);
        List<String> all = new ArrayList<>(List.of(above));
        all.add("testkit");
        module("cli", "bpf4j.cli..").put("cli", all.toArray(String[]::new));
    }

    private static JavaClasses all;

    private static Map<String, String[]> module(String name, String... packages) {
        PACKAGES.put(name, packages);
        return ARROWS;
    }

    @BeforeAll
    static void readEveryModule() {
        Path root = Path.of(System.getProperty("bpf4j.root", ".."));
        List<Path> compiled =
                PACKAGES.keySet().stream()
                        .map(module -> root.resolve(module).resolve("target/classes"))
                        .filter(Files::isDirectory)
                        .toList();
        all = new ClassFileImporter().importPaths(compiled);
        assertFalse(all.isEmpty(), "no compiled classes under " + root.toAbsolutePath());
    }

    @Test
    void everyClassIsInAPackageOfAModule() {
        String[] packages =
                PACKAGES.values().stream().flatMap(java.util.Arrays::stream).toArray(String[]::new);
        classes().should().resideInAnyPackage(packages).check(all);
    }

    @Test
    void modulesUseOnlyWhatTheirArrowsReach() {
        LayeredArchitecture arrows =
                layeredArchitecture()
                        .consideringOnlyDependenciesInLayers()
                        .withOptionalLayers(true);
        for (Map.Entry<String, String[]> module : PACKAGES.entrySet()) {
            arrows = arrows.layer(module.getKey()).definedBy(module.getValue());
        }
        arrows = arrows.whereLayer("isa").mayNotAccessAnyLayer();
        for (Map.Entry<String, String[]> module : ARROWS.entrySet()) {
            arrows = arrows.whereLayer(module.getKey()).mayOnlyAccessLayers(module.getValue());
        }
        arrows.check(all);
    }

    @Test
    void onlyTheEmitterOfTheJitKnowsAsm() {
        noClasses()
                .that()
                .resideOutsideOfPackage("bpf4j.jit.emit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.objectweb.asm..")
                .check(all);
    }

    @Test
    void librariesNeedNothingOfTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("bpf4j.cli..", "bpf4j.perf..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "com.fasterxml..", "me.tongfei..")
                .check(all);
    }
}
