package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.UnitRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RowFormatTest {
    private static final double[] AWKWARD = {
        Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 1e308, Double.MAX_VALUE, 0.1 + 0.2, 1e-7, 1e7, Math.PI
    };

    @Test
    void writesJsonOnOneLineWhateverTheTextHolds() {
        String json = json(LayerRow.newBuilder().setLayer("a\nb\r\u2028").build());
        assertThat(json.lines()).hasSize(1);
        assertThat(json).contains("\"layer\":\"a\\nb\\r\\u2028\"");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void namesEveryFieldAsTheContractDoes(Message row) {
        assertThat(parse(row).keySet())
                .containsExactlyElementsOf(row.getDescriptorForType().getFields().stream()
                        .map(FieldDescriptor::getName)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void printsZeroAndEmptyFieldsButLeavesOutOptionalOnesThatAreNotSet(Message row) {
        assertThat(parse(row.getDefaultInstanceForType()).keySet())
                .containsExactlyElementsOf(row.getDescriptorForType().getFields().stream()
                        .filter(field -> !field.hasPresence())
                        .map(FieldDescriptor::getName)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void writesNumbersAsNumbers(Message row) {
        JsonObject json = parse(row);
        for (FieldDescriptor field : row.getDescriptorForType().getFields()) {
            JsonElement value = json.get(field.getName());
            List<JsonElement> values =
                    field.isRepeated() ? value.getAsJsonArray().asList() : List.of(value);
            for (JsonElement element : values) {
                assertThat(kindOf(element)).as(field.getFullName()).isEqualTo(expectedKind(field, element));
            }
        }
    }

    @Test
    void writesWhatIsNotFiniteAsText() {
        UnitRow row = UnitRow.newBuilder()
                .addUnitLca(Double.NaN)
                .addUnitLca(Double.POSITIVE_INFINITY)
                .addUnitLca(Double.NEGATIVE_INFINITY)
                .build();
        assertThat(json(row)).contains("\"unit_lca\":[\"NaN\",\"Infinity\",\"-Infinity\"]");
        assertThat(parse(RowFormat.JSON, json(row), UnitRow.newBuilder())).isEqualTo(row);
    }

    @Test
    void writesTheSeedAsTextBecauseA64BitNumberFitsNoJsonNumber() {
        assertThat(json(RunManifest.newBuilder().setSeed(-1).build())).contains("\"seed\":\"18446744073709551615\"");
    }

    @ParameterizedTest
    @EnumSource
    void bringsBackEveryBitOfAwkwardNumbers(RowFormat format) throws InvalidProtocolBufferException {
        UnitRow.Builder row = UnitRow.newBuilder();
        for (double value : AWKWARD) {
            row.addUnitLca(value);
        }
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            row.addUnitLca(Double.isNaN(value) ? 0 : value);
        }
        assertThat(roundTrip(format, row.build())).isEqualTo(row.build());
    }

    @Test
    void keepsTheSignOfAZeroInBinary() throws InvalidProtocolBufferException {
        LayerRow row = LayerRow.newBuilder().setLca(-0.0).setEstimate(-0.0).build();
        assertThat(roundTrip(RowFormat.PROTOBUF, row)).isEqualTo(row);
    }

    /** Protobuf's JSON reader makes a decimal of every number, and decimals have one zero. */
    @Test
    void writesTheSignOfAZeroInJsonButDoesNotReadIt() throws InvalidProtocolBufferException {
        LayerRow row = LayerRow.newBuilder().setLca(-0.0).setEstimate(-0.0).build();
        assertThat(json(row)).contains("\"lca\":-0.0").contains("\"estimate\":-0.0");
        assertThat(roundTrip(RowFormat.JSON, row))
                .isEqualTo(LayerRow.newBuilder().setEstimate(0.0).build());
    }

    @ParameterizedTest
    @EnumSource
    void bringsBackEveryRow(RowFormat format) throws InvalidProtocolBufferException {
        for (Message row : rows().toList()) {
            assertThat(roundTrip(format, row)).isEqualTo(row);
        }
    }

    @Test
    void skipsUnknownMembersInJson() {
        String json = "{\"run\":\"a\",\"later\":{\"deep\":[1,2]},\"step\":3}";
        assertThat(parse(RowFormat.JSON, json, LayerRow.newBuilder()))
                .isEqualTo(LayerRow.newBuilder().setRun("a").setStep(3).build());
    }

    @Test
    void skipsUnknownFieldsInBinary() throws InvalidProtocolBufferException {
        LayerRow known = LayerRow.newBuilder().setRun("a").setStep(3).build();
        LayerRow later = known.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                9999,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build())
                .build();
        LayerRow.Builder read = LayerRow.newBuilder();
        RowFormat.PROTOBUF.merge(later.toByteArray(), read);
        assertThat(read.setUnknownFields(UnknownFieldSet.getDefaultInstance()).build())
                .isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "no json", "[]", "{\"run\":", "{\"step\":-1}", "{\"step\":1.5}", "{\"lca\":\"much\"}"
            })
    void rejectsWhatIsNoJsonRow(String garbage) {
        assertThatThrownBy(() -> RowFormat.JSON.merge(utf8(garbage), LayerRow.newBuilder()))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void rejectsJsonThatIsTooDeepInsteadOfOverflowingTheStack() {
        assertThatThrownBy(() -> RowFormat.JSON.merge(utf8("{\"x\":" + "[".repeat(100_000)), LayerRow.newBuilder()))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n\u0005ab", "{\"run\":\"a\"}", "\u0000"})
    void rejectsWhatIsNoBinaryRow(String garbage) {
        assertThatThrownBy(() -> RowFormat.PROTOBUF.merge(utf8(garbage), LayerRow.newBuilder()))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @ParameterizedTest
    @EnumSource
    void isToldByARowsFirstByte(RowFormat format) throws InvalidProtocolBufferException {
        for (Message row : rows().toList()) {
            byte[] bytes = format.serialize(row);
            assertThat(RowFormat.of(bytes)).isEqualTo(format);
            assertThat(RowFormat.read(bytes, row.newBuilderForType()).build()).isEqualTo(row);
        }
    }

    @Test
    void readsNoBytesAsAnEmptyBinaryRow() throws InvalidProtocolBufferException {
        assertThat(RowFormat.read(new byte[0], LayerRow.newBuilder()).build()).isEqualTo(LayerRow.getDefaultInstance());
    }

    @Test
    void isFoundByItsName() {
        assertThat(RowFormat.named("json")).isEqualTo(RowFormat.JSON);
        assertThat(RowFormat.named("protobuf")).isEqualTo(RowFormat.PROTOBUF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"avro", "JSON", ""})
    void isNotFoundByAnyOtherName(String name) {
        assertThatThrownBy(() -> RowFormat.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("results.format: must be json or protobuf. Found: " + name);
    }

    private static Stream<Message> rows() {
        return Stream.of(
                GoldenMessages.layer(),
                RowsV1.unit(),
                GoldenMessages.step(),
                GoldenMessages.window(),
                GoldenMessages.moment(),
                GoldenMessages.alert(),
                GoldenMessages.parameter());
    }

    private enum Kind {
        NUMBER,
        TEXT,
        BOOLEAN
    }

    private static Kind kindOf(JsonElement element) {
        var value = element.getAsJsonPrimitive();
        return value.isNumber() ? Kind.NUMBER : value.isBoolean() ? Kind.BOOLEAN : Kind.TEXT;
    }

    private static Kind expectedKind(FieldDescriptor field, JsonElement element) {
        return switch (field.getJavaType()) {
            case STRING, ENUM, MESSAGE -> Kind.TEXT; // the only messages in rows are timestamps
            case BOOLEAN -> Kind.BOOLEAN;
            default ->
                field.getJavaType() == JavaType.DOUBLE && !Double.isFinite(element.getAsDouble())
                        ? Kind.TEXT
                        : Kind.NUMBER;
        };
    }

    private static JsonObject parse(Message row) {
        return JsonParser.parseString(json(row)).getAsJsonObject();
    }

    private static String json(Message row) {
        return new String(RowFormat.JSON.serialize(row), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Message roundTrip(RowFormat format, Message row) throws InvalidProtocolBufferException {
        Message.Builder read = row.newBuilderForType();
        format.merge(format.serialize(row), read);
        return read.build();
    }

    private static Message parse(RowFormat format, String text, Message.Builder row) {
        try {
            format.merge(utf8(text), row);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return row.build();
    }
}
