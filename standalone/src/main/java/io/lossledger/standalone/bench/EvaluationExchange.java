package io.lossledger.standalone.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.TensorManifest;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.bench.EvaluationBenchmark;
import io.lossledger.trainer.bench.EvaluationBenchmark.Result;
import io.lossledger.trainer.bench.EvaluationSettings;
import io.lossledger.trainer.data.ImageSet;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * Lets another program evaluate the same network on the same images, in turn. Writes to a folder, numbers little-endian:
 *
 * <ul>
 *   <li>{@code features.bin}: float32 [examples, channels, height, width]
 *   <li>{@code labels.bin}: classes, uint8 [examples]
 *   <li>{@code parameters.bin}: the flat parameters, in the precision of the evaluation
 *   <li>{@code description.json}: the rest
 * </ul>
 *
 * and says {@code ready}. Then each line it reads is a request with one line as answer: {@code evaluate} and {@code classes}
 * evaluate once and answer nanoseconds and loss; {@code gradient} writes {@code gradient.bin}, of the last evaluation;
 * {@code quit} ends, as the end of the input does. Used by one thread.
 */
final class EvaluationExchange {
    private final EvaluationSettings settings;
    private final EvaluationBenchmark benchmark;
    private final Path folder;

    EvaluationExchange(EvaluationSettings settings, EvaluationBenchmark benchmark, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserException("--exchange: must be a folder that exists. Found: " + folder);
        }
        this.settings = settings;
        this.benchmark = benchmark;
        this.folder = folder;
    }

    /**
     * Writes the files and answers until it receives the command to quit.
     *
     * @throws IOException when a file cannot be written
     * @throws UserException when a request is none of the known
     */
    void serve(BufferedReader requests, PrintWriter answers) throws IOException {
        writeImages();
        write("parameters.bin", benchmark.parameters());
        Files.writeString(folder.resolve("description.json"), description().toString());
        answer(answers, "ready");
        Result last = null;
        for (String request = requests.readLine(); request != null; request = requests.readLine()) {
            switch (request) {
                case "evaluate" -> last = benchmark.evaluate();
                case "classes" -> last = benchmark.evaluateClasses();
                case "gradient" -> {
                    if (last == null) {
                        throw new UserException(
                                "request gradient: must come after evaluate or classes. Found: none before it");
                    }
                    write("gradient.bin", last.gradient());
                    answer(answers, "gradient.bin");
                    continue;
                }
                case "quit" -> {
                    return;
                }
                default ->
                    throw new UserException("request: must be evaluate, classes, gradient or quit. Found: " + request);
            }
            answer(answers, last.nanos() + " " + last.loss());
        }
    }

    private static void answer(PrintWriter answers, String line) {
        answers.println(line);
        answers.flush();
    }

    private void writeImages() throws IOException {
        ImageSet images = benchmark.images();
        int[] sample = benchmark.sample();
        byte[] labels = new byte[sample.length];
        float[] pixels = new float[images.pixelsPerImage()];
        try (OutputStream features = new BufferedOutputStream(Files.newOutputStream(folder.resolve("features.bin")))) {
            for (int i = 0; i < sample.length; i++) {
                images.copyPixels(sample[i], pixels, 0);
                VectorBytes.encode(pixels, 0, pixels.length).writeTo(features);
                labels[i] = (byte) images.label(sample[i]);
            }
        }
        Files.write(folder.resolve("labels.bin"), labels);
    }

    private void write(String file, FlatVector vector) throws IOException {
        double[] elements = vector.toDoubles();
        ByteString bytes;
        if (vector.elementType() == ElementType.ELEMENT_TYPE_FLOAT64) {
            bytes = VectorBytes.encode(elements, 0, elements.length);
        } else {
            float[] floats = new float[elements.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) elements[i];
            }
            bytes = VectorBytes.encode(floats, 0, floats.length);
        }
        Files.write(folder.resolve(file), bytes.toByteArray());
    }

    private JsonObject description() {
        ImageSet images = benchmark.images();
        JsonObject json = new JsonObject();
        json.addProperty("network", settings.network().toString());
        json.addProperty("evaluator", benchmark.evaluator());
        json.addProperty("threads", settings.threads());
        json.addProperty("precision", settings.type() == ElementType.ELEMENT_TYPE_FLOAT64 ? "float64" : "float32");
        json.addProperty("examples", benchmark.sample().length);
        json.add("image", array(List.of(images.channels(), images.height(), images.width())));
        json.addProperty("classes", images.classes());
        json.addProperty("chunkExamples", benchmark.chunkExamples());
        json.addProperty("vectorLength", benchmark.layout().vectorLength());
        json.add("layers", layers());
        return json;
    }

    private JsonArray layers() {
        JsonArray layers = new JsonArray();
        Iterator<TensorLayout> layouts = benchmark.layout().tensors().iterator();
        for (LayerManifest layer : benchmark.layers()) {
            JsonArray tensors = new JsonArray();
            for (TensorManifest tensor : layer.getTensorsList()) {
                JsonObject json = new JsonObject();
                json.addProperty("name", tensor.getTensorName());
                json.addProperty("offset", layouts.next().offset());
                json.add("shape", array(tensor.getShapeList()));
                tensors.add(json);
            }
            JsonObject json = new JsonObject();
            json.addProperty("name", layer.getLayer());
            json.addProperty("kind", layer.getKind());
            json.add("tensors", tensors);
            layers.add(json);
        }
        return layers;
    }

    private static JsonArray array(List<Integer> numbers) {
        JsonArray array = new JsonArray();
        numbers.forEach(array::add);
        return array;
    }
}
