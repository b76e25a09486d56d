import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.edgemnist.digits.DigitPreparationKt;
import org.edgemnist.digits.Ink;
import org.edgemnist.digits.Picture;
import org.edgemnist.digits.Preparation;

/**
 * Reads drawings (width, height, RGBA) from a file and writes the images of each preparation into another: see
 * tests/drawings/draw.py.
 */
public final class PrepareDrawings {
  private static final List<Picture> PICTURES = List.of(
      new Picture(Preparation.DIGIT, Ink.BRIGHT),
      new Picture(Preparation.DIGIT, Ink.DARK),
      new Picture(Preparation.FIT, Ink.ANY),
      new Picture(Preparation.FIT, Ink.BRIGHT),
      new Picture(Preparation.FIT, Ink.DARK));

  public static void main(String[] arguments) throws IOException {
    ByteBuffer drawings = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))).order(ByteOrder.LITTLE_ENDIAN);
    try (var images = Files.newOutputStream(Path.of(arguments[1]))) {
      while (drawings.hasRemaining()) {
        int width = drawings.getInt();
        int height = drawings.getInt();
        byte[] rgba = new byte[4 * width * height];
        drawings.get(rgba);
        for (Picture picture : PICTURES) {
          images.write(DigitPreparationKt.preparePicture(rgba, width, height, picture));
        }
      }
    }
  }
}
