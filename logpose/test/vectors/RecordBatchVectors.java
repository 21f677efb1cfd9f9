import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;

/** Writes record batches made by Kafka's own classes, and what they read back from them. */
public final class RecordBatchVectors {
  private static final long TIME = 1_700_000_000_000L;
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] args) {
    List<String> batches = new ArrayList<>();
    batches.add(batch("one record", of(Compression.NONE), List.of(record(TIME, "ada", "hello"))));
    batches.add(batch("nulls and empty bytes", of(Compression.NONE), nulls()));
    batches.add(batch("headers", of(Compression.NONE), headers()));
    batches.add(batch("timestamps back and forth", of(Compression.NONE), times()));
    batches.add(batch("varints of every length", of(Compression.NONE), lengths()));
    batches.add(batch("offsets and sequences that are large", large(), times()));
    batches.add(batch("transactional", transactional(), nulls()));
    batches.add(batch("time of the log", logAppendTime(), times()));
    batches.add(batch("gzip", of(Compression.gzip().build()), headers()));
    batches.add(batch("gzip, many records", of(Compression.gzip().build()), many(100)));
    batches.add(batch("zstd", of(Compression.zstd().build()), headers()));
    batches.add(batch("zstd, many records", of(Compression.zstd().build()), many(100)));
    batches.add(gaps());
    batches.add(marker("a commit", ControlRecordType.COMMIT));
    batches.add(marker("an abort", ControlRecordType.ABORT));
    System.out.println("{\n\"batches\": [\n" + String.join(",\n", batches) + "\n],");
    System.out.println("\"murmur2\": [\n" + hashes() + "\n]\n}");
  }

  private record Seal(
      Compression compression, TimestampType timestampType, long baseOffset, long producerId,
      short producerEpoch, int baseSequence, boolean isTransactional, int leaderEpoch) {}

  private static Seal of(Compression compression) {
    return new Seal(
        compression, TimestampType.CREATE_TIME, 0, -1, (short) -1, -1, false, -1);
  }

  private static Seal large() {
    return new Seal(
        Compression.NONE, TimestampType.CREATE_TIME, (1L << 40) + 7, (1L << 33) + 5, (short) 32_000,
        Integer.MAX_VALUE - 1, false, 1 << 20);
  }

  private static Seal transactional() {
    return new Seal(
        Compression.NONE, TimestampType.CREATE_TIME, 12, 42, (short) 3, 100, true, 5);
  }

  private static Seal logAppendTime() {
    return new Seal(
        Compression.NONE, TimestampType.LOG_APPEND_TIME, 3, -1, (short) -1, -1, false, 0);
  }

  private static SimpleRecord record(long timestamp, String key, String value, Header... headers) {
    return new SimpleRecord(timestamp, utf8(key), utf8(value), headers);
  }

  private static List<SimpleRecord> nulls() {
    return List.of(
        record(TIME, null, "value"), record(TIME, "key", null), record(TIME, null, null),
        record(TIME, "", ""), record(0, "at the epoch", "x"));
  }

  private static List<SimpleRecord> headers() {
    return List.of(
        record(TIME, "a", "1", new RecordHeader("trace", utf8("t-1"))),
        record(TIME, "b", "2"),
        record(
            TIME, "c", null, new RecordHeader("twice", utf8("1")), new RecordHeader("", utf8("")),
            new RecordHeader("grüße", null), new RecordHeader("twice", utf8("2"))));
  }

  private static List<SimpleRecord> times() {
    List<SimpleRecord> records = new ArrayList<>();
    long[] deltas = {
      0, 1, -1, 63, 64, -64, -65, 8191, 8192, -8192, -8193, 1 << 20, -(1 << 27), 1L << 30, 1L << 31,
      -(1L << 31), 1L << 34, -(1L << 35), 1L << 40, -TIME, 1L << 45
    };
    for (long delta : deltas) records.add(record(TIME + delta, "k", String.valueOf(delta)));
    return records;
  }

  private static List<SimpleRecord> lengths() {
    List<SimpleRecord> records = new ArrayList<>();
    for (int length : new int[] {23, 24, 63, 64, 127, 128, 8190, 8191, 8192}) {
      records.add(record(TIME + length, "k".repeat(length % 200), "v".repeat(length)));
    }
    return records;
  }

  private static List<SimpleRecord> many(int count) {
    List<SimpleRecord> records = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      records.add(record(TIME + index * 37L % 1000, "key-" + index % 17, "value " + index));
    }
    return records;
  }

  private static String batch(String name, Seal seal, List<SimpleRecord> records) {
    MemoryRecordsBuilder builder = builder(seal);
    records.forEach(builder::append);
    return show(name, builder.build());
  }

  /** What compaction leaves: offsets are missing inside. */
  private static String gaps() {
    MemoryRecordsBuilder builder = builder(of(Compression.NONE));
    for (long offset : new long[] {2, 3, 70, 9000, 3_000_000}) {
      builder.appendWithOffset(offset, record(TIME + offset, "k" + offset, "v"));
    }
    return show("gaps between offsets", builder.build());
  }

  private static String marker(String name, ControlRecordType type) {
    return show(
        name,
        MemoryRecords.withEndTransactionMarker(
            77, TIME, 4, 42, (short) 3, new EndTransactionMarker(type, 9)));
  }

  private static MemoryRecordsBuilder builder(Seal seal) {
    return MemoryRecords.builder(
        ByteBuffer.allocate(1 << 20), RecordBatch.MAGIC_VALUE_V2, seal.compression,
        seal.timestampType, seal.baseOffset, TIME + 999, seal.producerId, seal.producerEpoch,
        seal.baseSequence, seal.isTransactional, false, seal.leaderEpoch);
  }

  private static String show(String name, MemoryRecords records) {
    MutableRecordBatch batch = records.batches().iterator().next();
    List<String> lines = new ArrayList<>();
    for (Record record : batch) lines.add("    " + show(record));
    return "{ \"name\": \"" + name + "\", \"compression\": \"" + batch.compressionType().name
        + "\", \"baseOffset\": " + batch.baseOffset() + ", \"lastOffset\": " + batch.lastOffset()
        + ", \"leaderEpoch\": " + batch.partitionLeaderEpoch()
        + ",\n  \"producerId\": " + batch.producerId()
        + ", \"producerEpoch\": " + batch.producerEpoch()
        + ", \"baseSequence\": " + batch.baseSequence()
        + ", \"maxTimestamp\": " + batch.maxTimestamp()
        + ",\n  \"isTransactional\": " + batch.isTransactional()
        + ", \"isControl\": " + batch.isControlBatch()
        + ", \"hasLogAppendTime\": "
        + (batch.timestampType() == TimestampType.LOG_APPEND_TIME)
        + ",\n  \"records\": [\n" + String.join(",\n", lines)
        + "],\n  \"hex\": " + quoted(bytes(records.buffer())) + " }";
  }

  private static String show(Record record) {
    List<String> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add("[" + quoted(utf8(header.key())) + ", " + quoted(header.value()) + "]");
    }
    return "{ \"offset\": " + record.offset() + ", \"timestamp\": " + record.timestamp()
        + ", \"key\": " + quoted(record.hasKey() ? bytes(record.key()) : null)
        + ", \"value\": " + quoted(record.hasValue() ? bytes(record.value()) : null)
        + ", \"headers\": [" + String.join(", ", headers) + "] }";
  }

  private static String hashes() {
    List<String> keys = List.of(
        "", "a", "ab", "abc", "abcd", "abcde", "ada", "grace", "customer-42", "grüße", "日本語",
        "a key that is longer than the others so that many words are mixed");
    return keys.stream()
        .map(key -> "  { \"key\": " + quoted(utf8(key)) + ", \"hash\": "
            + Utils.murmur2(utf8(key)) + " }")
        .collect(Collectors.joining(",\n"));
  }

  private static byte[] utf8(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static String quoted(byte[] bytes) {
    return bytes == null ? "null" : "\"" + HEX.formatHex(bytes) + "\"";
  }
}
