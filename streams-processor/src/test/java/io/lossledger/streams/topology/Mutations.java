package io.lossledger.streams.topology;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import io.lossledger.protocol.v1.Update;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Seeded damage to records, on the wire and in the fields. Not thread-safe. */
final class Mutations {
    /** Powers of two that the contract's bounds and the types have. */
    private static final int[] BOUNDS = {0, 10, 20, 22, 28, 31, 32, 63};

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    /** Damages the fields of a message, its bytes, or both; leaves a third whole, so that steps come to be complete. */
    byte[] mutate(Update update, Update donor) {
        Update.Builder fields = update.toBuilder();
        while (random.nextInt(3) == 0) {
            mutateField(fields);
        }
        byte[] bytes = fields.build().toByteArray();
        while (random.nextInt(2) == 0) {
            bytes = mutateBytes(bytes, donor.toByteArray());
        }
        return bytes;
    }

    private byte[] mutateBytes(byte[] bytes, byte[] donor) {
        if (bytes.length == 0) {
            return donor;
        }
        byte[] changed = bytes.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[at] = (byte) random.nextInt();
            case 2 -> changed = Arrays.copyOf(bytes, at);
            case 3 -> changed = splice(bytes, at, donor, random.nextInt(donor.length));
            case 4 -> changed = lieAboutLength(bytes);
            default -> changed = splice(bytes, at, bytes, at / 2);
        }
        return changed;
    }

    /** The head of one record and the tail of another. */
    private static byte[] splice(byte[] head, int headEnd, byte[] tail, int tailStart) {
        byte[] spliced = Arrays.copyOf(head, headEnd + tail.length - tailStart);
        System.arraycopy(tail, tailStart, spliced, headEnd, tail.length - tailStart);
        return spliced;
    }

    /** Gives one length-delimited field of the record a length that it does not have. */
    private byte[] lieAboutLength(byte[] bytes) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            int start = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int body = in.getTotalBytesRead();
                in.skipField(tag);
                int end = in.getTotalBytesRead();
                if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED && random.nextInt(3) == 0) {
                    int length = end - body;
                    coded.writeUInt32NoTag(tag);
                    coded.writeUInt32NoTag(random.nextBoolean() ? length + random.nextInt(3) - 1 : (int) odd());
                    coded.write(bytes, body + 1, length - 1);
                } else {
                    coded.write(bytes, start, end - start);
                }
                start = end;
            }
            coded.flush();
            return out.toByteArray();
        } catch (IOException e) {
            return bytes; // damaged before
        }
    }

    private void mutateField(Message.Builder message) {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
        // Most of the contract lies deeper than the header.
        List<FieldDescriptor> deeper = message.getAllFields().keySet().stream()
                .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                .toList();
        List<FieldDescriptor> choice = deeper.isEmpty() || random.nextBoolean() ? fields : deeper;
        FieldDescriptor field = choice.get(random.nextInt(choice.size()));
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            mutateMessage(message, field);
        } else if (field.isRepeated()) {
            mutateList(message, field);
        } else if (random.nextInt(4) == 0) {
            message.clearField(field);
        } else {
            message.setField(field, value(field, message.getField(field)));
        }
    }

    private void mutateMessage(Message.Builder message, FieldDescriptor field) {
        if (!field.isRepeated()) {
            mutateField(message.getFieldBuilder(field));
        } else if (message.getRepeatedFieldCount(field) > 0) {
            int at = random.nextInt(message.getRepeatedFieldCount(field));
            if (random.nextInt(6) == 0) {
                message.addRepeatedField(field, message.getRepeatedField(field, at));
            } else {
                mutateField(message.getRepeatedFieldBuilder(field, at));
            }
        }
    }

    private void mutateList(Message.Builder message, FieldDescriptor field) {
        List<Object> values = new ArrayList<>((List<?>) message.getField(field));
        if (values.isEmpty() || random.nextInt(4) == 0) {
            values.add(value(field, values.isEmpty() ? ByteString.EMPTY : values.get(0)));
        } else if (random.nextInt(3) == 0) {
            values.remove(random.nextInt(values.size()));
        } else {
            int at = random.nextInt(values.size());
            values.set(at, value(field, values.get(at)));
        }
        message.setField(field, values);
    }

    private Object value(FieldDescriptor field, Object old) {
        return switch (field.getJavaType()) {
            case INT -> (int) odd();
            case LONG -> odd();
            case FLOAT -> (float) odd();
            case DOUBLE -> Double.longBitsToDouble(random.nextBoolean() ? random.nextLong() : 0x7ff0000000000000L);
            case BOOLEAN -> random.nextBoolean();
            case STRING -> random.nextBoolean() ? "x".repeat(random.nextInt(300)) : old + "\n|" + random.nextInt(9);
            case BYTE_STRING -> bytes((ByteString) old);
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(6));
            case MESSAGE -> throw new IllegalStateException("Has fields of its own");
        };
    }

    private ByteString bytes(ByteString old) {
        return switch (random.nextInt(4)) {
            case 0 -> ByteString.EMPTY;
            case 1 -> old.concat(ByteString.copyFrom(new byte[1 + random.nextInt(8)]));
            case 2 -> old.isEmpty() ? old : old.substring(random.nextInt(old.size()));
            default -> noise(old.size());
        };
    }

    private ByteString noise(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private long odd() {
        if (random.nextInt(4) == 0) {
            return random.nextLong();
        }
        return (1L << BOUNDS[random.nextInt(BOUNDS.length)]) + random.nextInt(4) - 2;
    }
}
