# Read by bin/lossledger, and by the launcher of the sources before it builds: sets java to one that is new enough, or ends with exit code 2.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
rule="Java 17 or newer is needed"
[ -z "${JAVA_HOME:-}" ] || rule="JAVA_HOME: must be the folder of Java 17 or newer"
if ! command -v "$java" >/dev/null; then
  echo "lossledger: $rule. Found: ${JAVA_HOME:-none (set JAVA_HOME or PATH)}" >&2
  exit 2
fi
version=$("$java" -version 2>&1 | sed -n 's/.* version "\(1\.\)*\([0-9]*\).*/\2/p' || true)
if [ "${version:-0}" -lt 17 ]; then
  echo "lossledger: $rule. Found: ${version:-no version} ($(command -v "$java"))" >&2
  exit 2
fi
