package io.lossledger.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.Preset;
import io.lossledger.trainer.bench.EvaluationBenchmark;
import io.lossledger.trainer.bench.EvaluationSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationExchangeTest {
    private static final int EXAMPLES = 20;
    private static final int PIXELS = 784;

    @TempDir
    Path folder;

    /** The oracle: the network written out, from the files alone. */
    @Test
    void writesAllThatTheLossIsMadeOf() throws IOException {
        List<String> answers = serve("evaluate\nquit\nevaluate\n");

        assertThat(answers).hasSize(2);
        assertThat(loss(answers.get(1))).isCloseTo(lossOfTheFiles(), within(1e-12));
    }

    @Test
    void describesWhatItWrote() throws IOException {
        serve("");

        JsonObject description = description();
        JsonArray layers = description.remove("layers").getAsJsonArray();
        assertThat(description)
                .hasToString("{'network':'mnist-fc','evaluator':'blas','threads':2,'precision':'float64','examples':20,"
                                .replace('\'', '"')
                        + "'image':[1,28,28],'classes':10,'chunkExamples':20,'vectorLength':84060}".replace('\'', '"'));
        assertThat(layers.get(1))
                .hasToString(("{'name':'fc2','kind':'DenseLayer','tensors':["
                                + "{'name':'1_W','offset':78500,'shape':[100,50]},"
                                + "{'name':'1_b','offset':83500,'shape':[50]}]}")
                        .replace('\'', '"'));
    }

    @Test
    void answersEachRequestWithALine() throws IOException {
        List<String> answers = serve("evaluate\ngradient\nclasses\n");

        assertThat(answers).hasSize(4);
        assertThat(answers.get(0)).isEqualTo("ready");
        assertThat(answers.get(1)).matches("\\d+ \\d+\\.\\d+");
        assertThat(answers.get(2)).isEqualTo("gradient.bin");
        assertThat(answers.get(3)).matches("\\d+ \\d+\\.\\d+");
        assertThat(loss(answers.get(3))).isCloseTo(loss(answers.get(1)), within(1e-12));
        assertThat(doubles("gradient.bin").capacity()).isEqualTo(84_060);
    }

    @Test
    void writesTheGradientOfTheLoss() throws IOException {
        serve("evaluate\ngradient\n");
        double loss = lossOfTheFiles();
        DoubleBuffer gradient = doubles("gradient.bin");
        byte[] bytes = Files.readAllBytes(folder.resolve("parameters.bin"));
        ByteBuffer parameters = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

        int bias = 84_053; // of an output
        double step = 1e-6;
        parameters.putDouble(bias * Double.BYTES, parameters.getDouble(bias * Double.BYTES) + step);
        Files.write(folder.resolve("parameters.bin"), bytes);

        assertThat((lossOfTheFiles() - loss) / step).isCloseTo(gradient.get(bias), within(1e-6));
    }

    @Test
    void refusesARequestItDoesNotKnow() {
        assertThatThrownBy(() -> serve("train\n"))
                .isInstanceOf(UserException.class)
                .hasMessage("request: must be evaluate, classes, gradient or quit. Found: train");
        assertThatThrownBy(() -> serve("gradient\n"))
                .isInstanceOf(UserException.class)
                .hasMessage("request gradient: must come after evaluate or classes. Found: none before it");
    }

    @Test
    void refusesAFolderThatIsMissing() {
        folder = folder.resolve("missing");

        assertThatThrownBy(() -> serve(""))
                .isInstanceOf(UserException.class)
                .hasMessage("--exchange: must be a folder that exists. Found: " + folder);
    }

    private List<String> serve(String requests) throws IOException {
        EvaluationSettings settings = new EvaluationSettings(
                Preset.MNIST_FC,
                Optional.empty(),
                EXAMPLES,
                500,
                ElementType.ELEMENT_TYPE_FLOAT64,
                EvaluatorChoice.AUTO,
                2,
                1);
        StringWriter answers = new StringWriter();
        try (EvaluationBenchmark benchmark = new EvaluationBenchmark(settings)) {
            new EvaluationExchange(settings, benchmark, folder)
                    .serve(new BufferedReader(new StringReader(requests)), new PrintWriter(answers));
        }
        return answers.toString().lines().toList();
    }

    private static double loss(String answer) {
        return Double.parseDouble(answer.substring(answer.indexOf(' ')));
    }

    private double lossOfTheFiles() throws IOException {
        FloatBuffer features = bytes("features.bin").asFloatBuffer();
        byte[] labels = Files.readAllBytes(folder.resolve("labels.bin"));
        assertThat(features.capacity()).isEqualTo(EXAMPLES * PIXELS);
        assertThat(labels).hasSize(EXAMPLES);
        double loss = 0;
        for (int example = 0; example < EXAMPLES; example++) {
            double[] values = new double[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                values[i] = features.get(example * PIXELS + i);
            }
            JsonArray layers = description().getAsJsonArray("layers");
            for (int layer = 0; layer < layers.size(); layer++) {
                values = dense(layers.get(layer), values, layer < layers.size() - 1);
            }
            double sum = 0;
            for (double logit : values) {
                sum += Math.exp(logit);
            }
            loss += Math.log(sum) - values[labels[example]];
        }
        return loss / EXAMPLES;
    }

    private double[] dense(JsonElement layer, double[] in, boolean relu) throws IOException {
        DoubleBuffer parameters = doubles("parameters.bin");
        JsonArray tensors = layer.getAsJsonObject().getAsJsonArray("tensors");
        int weights = tensors.get(0).getAsJsonObject().get("offset").getAsInt();
        int biases = tensors.get(1).getAsJsonObject().get("offset").getAsInt();
        double[] out = new double[(biases - weights) / in.length];
        for (int unit = 0; unit < out.length; unit++) {
            out[unit] = parameters.get(biases + unit);
            for (int i = 0; i < in.length; i++) {
                out[unit] += parameters.get(weights + unit * in.length + i) * in[i];
            }
            out[unit] = relu ? Math.max(0, out[unit]) : out[unit];
        }
        return out;
    }

    private JsonObject description() throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("description.json")))
                .getAsJsonObject();
    }

    private DoubleBuffer doubles(String file) throws IOException {
        return bytes(file).asDoubleBuffer();
    }

    private ByteBuffer bytes(String file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
    }
}
