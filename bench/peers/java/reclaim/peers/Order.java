// What a contender is told, as name=value words after the name of the workload.
package reclaim.peers;

import java.util.HashMap;
import java.util.Map;

final class Order {
  final String workload;
  private final Map<String, String> values = new HashMap<>();

  Order(String[] words) {
    if (words.length == 0) throw new IllegalArgumentException("the first word names a workload");
    workload = words[0];
    for (int i = 1; i < words.length; ++i) {
      int equals = words[i].indexOf('=');
      if (equals < 0) throw new IllegalArgumentException("name=value wanted: " + words[i]);
      values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
  }

  private String text(String name) {
    String value = values.get(name);
    if (value == null) throw new IllegalArgumentException("no value for " + name);
    return value;
  }

  /** Numbers may come as 5e5; seeds use all 64 bits. */
  long integer(String name) {
    String value = text(name);
    try {
      return Long.parseUnsignedLong(value);
    } catch (NumberFormatException notPlain) {
      return (long) Double.parseDouble(value);
    }
  }

  double real(String name) {
    return Double.parseDouble(text(name));
  }
}
