package bpf4j.vm;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The number of bytes of a `byte[]` component of a record that stands for a C struct, such as
/// `@Bytes(16) byte[] address` for `__u8 address[16]`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Bytes {
    /// The length of the array.
    int value();
}
