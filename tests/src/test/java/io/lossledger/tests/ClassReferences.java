package io.lossledger.tests;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the code of a class refers to, by the constant pool of its class file (Java Virtual Machine Specification, 4.4). */
final class ClassReferences {
    private static final int MAGIC_AND_VERSION_BYTES = 8;
    private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L([^;<>]+);");

    private ClassReferences() {}

    /** Internal names, such as {@code java/lang/String}, of classes that it names itself, or in what it calls. */
    static Set<String> of(byte[] classFile) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile))) {
            in.skipNBytes(MAGIC_AND_VERSION_BYTES);
            int count = in.readUnsignedShort();
            String[] texts = new String[count];
            List<Integer> classes = new ArrayList<>();
            List<Integer> descriptors = new ArrayList<>();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts[i] = in.readUTF();
                    case 3, 4, 9, 10, 11, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++; // takes two places
                    }
                    case 7 -> classes.add(in.readUnsignedShort());
                    case 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 12 -> {
                        in.skipNBytes(2);
                        descriptors.add(in.readUnsignedShort());
                    }
                    case 15 -> in.skipNBytes(3);
                    default -> throw new IOException("Unknown constant " + tag);
                }
            }
            return names(texts, classes, descriptors);
        }
    }

    private static Set<String> names(String[] texts, List<Integer> classes, List<Integer> descriptors) {
        Set<String> names = new TreeSet<>();
        for (int index : classes) {
            if (!texts[index].startsWith("[")) {
                names.add(texts[index]);
            } else {
                addNamed(names, texts[index]);
            }
        }
        for (int index : descriptors) {
            addNamed(names, texts[index]);
        }
        return names;
    }

    private static void addNamed(Set<String> names, String descriptor) {
        Matcher matcher = CLASS_IN_DESCRIPTOR.matcher(descriptor);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
    }
}
