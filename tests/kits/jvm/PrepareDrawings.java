import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.edgemnist.digits.DigitPreparationKt;

/** Reads drawings (width, height, RGBA) from a file and writes the digits into another: see tests/drawings/draw.py. */
public final class PrepareDrawings {
  public static void main(String[] arguments) throws IOException {
    ByteBuffer drawings = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))).order(ByteOrder.LITTLE_ENDIAN);
    try (var digits = Files.newOutputStream(Path.of(arguments[1]))) {
      while (drawings.hasRemaining()) {
        int width = drawings.getInt();
        int height = drawings.getInt();
        byte[] rgba = new byte[4 * width * height];
        drawings.get(rgba);
        digits.write(DigitPreparationKt.prepareDigit(rgba, width, height));
      }
    }
  }
}
