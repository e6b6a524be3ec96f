package io.lossledger.analysis.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * Numbers as colours: blue where they are negative, red where they are positive, white at zero, grey where they are not
 * finite. The scale ends at a value that few numbers exceed, so that the rest can be distinguished.
 */
final class HeatPicture implements Picture {
    private static final int WIDTH = 640;
    private static final int[] HELP = {33, 102, 172};
    private static final int[] HARM = {178, 24, 43};
    private static final int NOT_FINITE = 0x666666;

    private final String caption;
    private final double[][] values;
    private final double scale;

    /**
     * Creates the picture.
     *
     * @param values [rows, columns]
     * @param scale value of the full colour, above 0
     */
    HeatPicture(String caption, double[][] values, double scale) {
        this.caption = caption;
        this.values = values;
        this.scale = scale;
    }

    @Override
    public String caption() {
        return caption;
    }

    @Override
    public String svg() {
        int height = Math.max(60, Math.min(320, 4 * values.length));
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image(), "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height
                + "\" role=\"img\" aria-label=\"" + Html.text(caption) + "\"><image width=\"" + WIDTH + "\" height=\""
                + height + "\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
                + " href=\"data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray())
                + "\"/></svg>";
    }

    @Override
    public BufferedImage image() {
        int columns = Math.max(1, values.length == 0 ? 1 : values[0].length);
        BufferedImage image = new BufferedImage(columns, Math.max(1, values.length), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < values.length; y++) {
            for (int x = 0; x < columns; x++) {
                image.setRGB(x, y, colour(values[y][x] / scale));
            }
        }
        return image;
    }

    private static int colour(double share) {
        if (!Double.isFinite(share)) {
            return NOT_FINITE;
        }
        double strength = Math.sqrt(Math.min(1, Math.abs(share)));
        int[] full = share < 0 ? HELP : HARM;
        int rgb = 0;
        for (int channel : full) {
            rgb = rgb << Byte.SIZE | (int) Math.round(255 + strength * (channel - 255));
        }
        return rgb;
    }
}
