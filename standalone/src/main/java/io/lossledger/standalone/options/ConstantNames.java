package io.lossledger.standalone.options;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** Reads constants by the names they print. Stateless. */
final class ConstantNames {
    private ConstantNames() {}

    /** @throws TypeConversionException when none has this name, in whatever case, naming all */
    static <E extends Enum<E>> E find(E[] constants, String name) {
        return Arrays.stream(constants)
                .filter(constant -> constant.toString().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("must be one of "
                        + Arrays.stream(constants).map(Enum::toString).collect(Collectors.joining(", ")) + ". Found: "
                        + name));
    }
}
