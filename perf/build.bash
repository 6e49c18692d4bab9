# Sourced: builds the perf module where its sources have changed. Sets root, java, jdk and class_path.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release" 2>/dev/null || true)
    [[ -x $jdk/bin/javac && ${version:-0} -ge 25 ]] && break
done
[[ ${version:-0} -ge 25 ]] || { echo "${0##*/}: needs an installed JDK 25 or newer" >&2; exit 2; }
java=$jdk/bin/java

if [[ -n ${BPF4J_PERF_CLASSPATH:-} ]]; then
    class_path=$BPF4J_PERF_CLASSPATH
else
    # In a directory of its own: a build does not disturb whoever works on the sources.
    stamp=$root/perf/target/compare/stamp
    if [[ ! -f $stamp || -n $(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -newer "$stamp" | head -n 1) ]]; then
        echo "building ..." >&2
        mkdir -p "${stamp%/*}"
        touch "$stamp.new"
        (cd "$root" && JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS:-} -XX:TieredStopAtLevel=1" \
            mvn -q -Dquick -Dmaven.test.skip=true -Dbuild.output=target/compare -pl perf -am package \
            dependency:copy-dependencies -DoutputDirectory='${project.build.directory}/lib' -Dmdep.prependGroupId=false)
        mv "$stamp.new" "$stamp"
    fi
    class_path="$root/perf/target/compare/classes:$root/perf/target/compare/lib/*"
fi
