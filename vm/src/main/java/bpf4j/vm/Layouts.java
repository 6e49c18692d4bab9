package bpf4j.vm;

import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The layouts of Java's own types.
final class Layouts {
    private Layouts() {}

    @SuppressWarnings("unchecked") // each branch makes the layout of exactly this type
    static <T> Layout<T> of(Class<T> type, int size) {
        if (type == Byte.class || type == byte.class) {
            return (Layout<T>)
                    new Integral<>(
                            1,
                            (m, at) -> m.get(ValueLayout.JAVA_BYTE, at),
                            (m, at, v) -> m.set(ValueLayout.JAVA_BYTE, at, v));
        }
        if (type == Short.class || type == short.class) {
            return (Layout<T>)
                    new Integral<>(
                            2,
                            (m, at) -> m.get(Memory.SHORT, at),
                            (m, at, v) -> m.set(Memory.SHORT, at, v));
        }
        if (type == Integer.class || type == int.class) {
            return (Layout<T>)
                    new Integral<>(
                            4,
                            (m, at) -> m.get(Memory.INT, at),
                            (m, at, v) -> m.set(Memory.INT, at, v));
        }
        if (type == Long.class || type == long.class) {
            return (Layout<T>)
                    new Integral<>(
                            8,
                            (m, at) -> m.get(Memory.LONG, at),
                            (m, at, v) -> m.set(Memory.LONG, at, v));
        }
        if (type == byte[].class) {
            return (Layout<T>) new Array(size);
        }
        if (type.isRecord()) {
            return Struct.of(type);
        }
        throw new IllegalArgumentException(
                type.getName()
                        + " has no layout; use an integer type, byte[], a record, or your own");
    }

    private interface Reader<T> {
        T read(MemorySegment memory, long at);
    }

    private interface Writer<T> {
        void write(MemorySegment memory, long at, T value);
    }

    private record Integral<T>(int size, Reader<T> reader, Writer<T> writer) implements Layout<T> {
        @Override
        public int alignment() {
            return size;
        }

        @Override
        public T read(MemorySegment memory, long at) {
            return reader.read(memory, at);
        }

        @Override
        public void write(MemorySegment memory, long at, T value) {
            writer.write(memory, at, value);
        }
    }

    private record Array(int size) implements Layout<byte[]> {
        @Override
        public int alignment() {
            return 1;
        }

        @Override
        public byte[] read(MemorySegment memory, long at) {
            return memory.asSlice(at, size).toArray(ValueLayout.JAVA_BYTE);
        }

        @Override
        public void write(MemorySegment memory, long at, byte[] value) {
            if (value.length != size) {
                throw new IllegalArgumentException(
                        "%d bytes given, the map has %d".formatted(value.length, size));
            }
            MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, at, size);
        }
    }

    /// A record as a C struct.
    private record Struct<T>(
            int size, int alignment, MethodHandle constructor, List<Component> components)
            implements Layout<T> {

        private record Component(int offset, Layout<Object> layout, MethodHandle accessor) {}

        @SuppressWarnings("unchecked") // a layout reads and writes just the type of its component
        static <T> Layout<T> of(Class<T> type) {
            List<Component> components = new ArrayList<>();
            int offset = 0;
            int alignment = 1;
            try {
                MethodHandles.Lookup lookup =
                        MethodHandles.privateLookupIn(type, MethodHandles.lookup());
                for (RecordComponent component : type.getRecordComponents()) {
                    Bytes bytes = component.getAnnotation(Bytes.class);
                    if (component.getType() == byte[].class && bytes == null) {
                        throw new IllegalArgumentException(
                                "%s.%s: say its length with @Bytes"
                                        .formatted(type.getSimpleName(), component.getName()));
                    }
                    Layout<?> layout =
                            Layouts.of(component.getType(), bytes == null ? 0 : bytes.value());
                    offset = align(offset, layout.alignment());
                    alignment = Math.max(alignment, layout.alignment());
                    components.add(
                            new Component(
                                    offset,
                                    (Layout<Object>) layout,
                                    lookup.unreflect(component.getAccessor())));
                    offset += layout.size();
                }
                Class<?>[] types =
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new);
                MethodHandle constructor =
                        lookup.findConstructor(type, MethodType.methodType(void.class, types));
                return new Struct<>(
                        align(offset, alignment),
                        alignment,
                        constructor.asSpreader(Object[].class, types.length),
                        List.copyOf(components));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(
                        type.getName() + " cannot be reached; open its package to bpf4j.vm", e);
            }
        }

        private static int align(int offset, int alignment) {
            return (offset + alignment - 1) / alignment * alignment;
        }

        @Override
        @SuppressWarnings("unchecked") // the constructor makes a T
        public T read(MemorySegment memory, long at) {
            Object[] values = new Object[components.size()];
            for (int i = 0; i < values.length; i++) {
                Component component = components.get(i);
                values[i] = component.layout.read(memory, at + component.offset);
            }
            try {
                return (T) constructor.invoke(values);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void write(MemorySegment memory, long at, T value) {
            memory.asSlice(at, size).fill((byte) 0);
            try {
                for (Component component : components) {
                    component.layout.write(
                            memory, at + component.offset, component.accessor.invoke(value));
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
