/* A stand-in for Arduino's core: Serial is this process's stdin and stdout. */
#include <cstddef>
#include <cstdint>
#include <cstdio>

struct StandInSerial {
  void begin(unsigned long) {}
  explicit operator bool() const { return true; }
  int available() {
    const int byte = std::getchar();
    return byte == EOF ? 0 : (std::ungetc(byte, stdin), 1);
  }
  size_t readBytes(char *bytes, size_t size) { return std::fread(bytes, 1, size, stdin); }
  void print(const char *text) { std::fputs(text, stdout); }
  void print(int number) { std::printf("%d", number); }
  void print(unsigned long number) { std::printf("%lu", number); }
  void println(const char *text) { std::printf("%s\r\n", text); }
};

static StandInSerial Serial;
inline unsigned long millis() { return 0; }
/* A millisecond later at each look. */
inline unsigned long micros() {
  static unsigned long now = 0;
  return now += 1000;
}

void setup();
void loop();
int main() {
  setup();
  while (Serial.available() != 0) {
    loop();
  }
  return 0;
}
