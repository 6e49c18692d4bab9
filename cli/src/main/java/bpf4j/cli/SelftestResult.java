package bpf4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

/// What became of one test.
///
/// @param program the function's name, with `@unpriv` behind it when loaded without privileges
/// @param verdict `accept`, `reject` or `error`
/// @param expected `accept` or `reject`
/// @param message the first line of the rejection, or the error
/// @param missingText the first expected text that was not there, empty when all were, null when
///     none are expected
/// @param retval what the runs gave, or null where nothing ran
/// @param retvalAgrees whether every engine gave what is expected, or null where nothing is
/// @param why why the program is out of scope, or empty
record SelftestResult(
        String object,
        String program,
        String verdict,
        String expected,
        String message,
        @Nullable String missingText,
        @Nullable Integer retval,
        @Nullable Integer expectedRetval,
        @Nullable Boolean retvalAgrees,
        String why) {
    static final String ACCEPT = "accept";
    static final String REJECT = "reject";
    static final String ERROR = "error";

    /// Whether the verdict is the expected one.
    boolean agrees() {
        return verdict.equals(expected);
    }

    /// Whether all expected texts were there, or null when none are expected.
    @Nullable Boolean messageAgrees() {
        return missingText == null ? null : missingText.isEmpty();
    }

    boolean inScope() {
        return why.isEmpty();
    }

    /// Whether something in scope came out other than expected.
    boolean differs() {
        return inScope()
                && (!agrees()
                        || Boolean.FALSE.equals(messageAgrees())
                        || Boolean.FALSE.equals(retvalAgrees));
    }

    /// One line for people.
    String line() {
        StringBuilder line = new StringBuilder();
        line.append(!inScope() ? "skip  " : differs() ? "DIFFER" : "ok    ");
        line.append(' ').append(object).append(' ').append(program).append(": ").append(verdict);
        if (!agrees()) {
            line.append(", expected ").append(expected);
        }
        if (Boolean.FALSE.equals(messageAgrees())) {
            line.append(", other message");
        }
        if (Boolean.FALSE.equals(retvalAgrees)) {
            line.append(", returned ").append(retval).append(", expected ").append(expectedRetval);
        }
        if (!message.isEmpty()) {
            line.append(": ").append(message);
        }
        if (!inScope()) {
            line.append(" (out of scope: ").append(why).append(')');
        }
        return line.toString();
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", object);
        json.put("program", program);
        json.put("verdict", verdict);
        json.put("expected", expected);
        json.put("agrees", agrees());
        json.put("message", message);
        json.put("message_agrees", messageAgrees());
        if (missingText != null && !missingText.isEmpty()) {
            json.put("missing_message", missingText);
        }
        json.put("retval", retval);
        json.put("expected_retval", expectedRetval);
        json.put("retval_agrees", retvalAgrees);
        json.put("why", inScope() ? null : why);
        return json;
    }
}
