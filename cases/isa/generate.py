#!/usr/bin/env python3
"""Writes the instruction cases beside it, and those that Linux refuses in ../isa-unverified.

Expected results are derived here from the text of RFC 9669, in unbounded integers and without any
code of bpf4j; programs are encoded here, too. Each program takes its operands from the value of an
array map, so that no verifier or compiler knows them. A program that does one thing to many operands
returns how many results were right, counted up to the first that was not.

    python3 cases/isa/generate.py
    ./bpf4j case --check cases/isa/*.json
    ./bpf4j case --check --engine kernel cases/isa/*.json       (as root)
    ./bpf4j case --check --unverified cases/isa-unverified/*.json
"""
import json
import os
import struct

M64 = (1 << 64) - 1
VALUES = [0, 1, -1, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 1 << 63,
          0x0123456789abcdef, 0xfedcba9876543210, 0x8000000080000000]
SOURCES = [0, 1, -1, 7, -7, 31, 32, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 63, -(1 << 31),
           0x7fffffffffffffff]
IMMEDIATES = [0, 1, -1, 2, 7, -7, 31, 32, 63, 64, 0x7fffffff, -(1 << 31), 0x12345678]


def unsigned(bits, value):
    return value & ((1 << bits) - 1)


def signed(bits, value):
    value = unsigned(bits, value)
    return value - (1 << bits) if value >> (bits - 1) else value


def truncated(a, b):
    """The quotient rounded towards zero."""
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


# RFC 9669 section 4.1, table 3: opcode, offset field, operation on unsigned operands of some width.
ALU = {
    'add': (0x00, 0, lambda n, a, b: a + b),
    'sub': (0x10, 0, lambda n, a, b: a - b),
    'mul': (0x20, 0, lambda n, a, b: a * b),
    'div': (0x30, 0, lambda n, a, b: a // b if b else 0),
    'sdiv': (0x30, 1, lambda n, a, b: truncated(signed(n, a), signed(n, b)) if b else 0),
    'or': (0x40, 0, lambda n, a, b: a | b),
    'and': (0x50, 0, lambda n, a, b: a & b),
    'lsh': (0x60, 0, lambda n, a, b: a << (b % n)),
    'rsh': (0x70, 0, lambda n, a, b: a >> (b % n)),
    'mod': (0x90, 0, lambda n, a, b: a % b if b else a),
    'smod': (0x90, 1, lambda n, a, b: signed(n, a) - signed(n, b) * truncated(signed(n, a), signed(n, b))
             if b else a),
    'xor': (0xa0, 0, lambda n, a, b: a ^ b),
    'mov': (0xb0, 0, lambda n, a, b: b),
    'arsh': (0xc0, 0, lambda n, a, b: signed(n, a) >> (b % n)),
}

# RFC 9669 section 4.3, table 6.
CONDITIONS = {
    'jeq': (0x10, lambda n, a, b: a == b),
    'jgt': (0x20, lambda n, a, b: a > b),
    'jge': (0x30, lambda n, a, b: a >= b),
    'jset': (0x40, lambda n, a, b: a & b != 0),
    'jne': (0x50, lambda n, a, b: a != b),
    'jsgt': (0x60, lambda n, a, b: signed(n, a) > signed(n, b)),
    'jsge': (0x70, lambda n, a, b: signed(n, a) >= signed(n, b)),
    'jlt': (0xa0, lambda n, a, b: a < b),
    'jle': (0xb0, lambda n, a, b: a <= b),
    'jslt': (0xc0, lambda n, a, b: signed(n, a) < signed(n, b)),
    'jsle': (0xd0, lambda n, a, b: signed(n, a) <= signed(n, b)),
}

# RFC 9669 section 5.3, table 11: immediate, and what memory holds afterwards.
ATOMICS = {
    'add': (0x00, lambda old, src, r0: old + src),
    'or': (0x40, lambda old, src, r0: old | src),
    'and': (0x50, lambda old, src, r0: old & src),
    'xor': (0xa0, lambda old, src, r0: old ^ src),
    'xchg': (0xe0, lambda old, src, r0: src),
    'cmpxchg': (0xf0, lambda old, src, r0: src if old == r0 else old),
}
SIZES = {8: 0x10, 16: 0x08, 32: 0x00, 64: 0x18}


def insn(opcode, dst=0, src=0, off=0, imm=0):
    return struct.pack('<BBhi', opcode, dst | src << 4, off, signed(32, imm))


def operands(dst):
    """dst = address of the map's value."""
    return [insn(0x18, dst), insn(0x00)]


def load(bits, dst, src, off):
    return insn(0x61 | SIZES[bits], dst, src, off)


def mov(dst, imm):
    return insn(0xb7, dst, 0, 0, imm)


EXIT = insn(0x95)


class Check:
    """A program that runs `body` for each record of 64-bit numbers in the map's value.

    The body has the record's address in r9 and leaves results in the numbered registers of `results`,
    which are compared with the last numbers of the record. It must keep r7 to r9.
    """

    def __init__(self, name, comment, body, results, records):
        self.name, self.comment, self.records = name, comment, records
        width = len(records[0])
        first = width - len(results)
        code = operands(9) + [mov(8, 0)]
        top = len(code)
        code += body
        leave = []
        for i, register in enumerate(results):
            code.append(load(64, 7, 9, (first + i) * 8))
            leave.append(len(code))
            code.append((register,))
        code.append(insn(0x07, 9, 0, 0, width * 8))
        code.append(insn(0x07, 8, 0, 0, 1))
        code.append(insn(0xa5, 8, 0, top - len(code) - 1, len(records)))
        out = len(code)
        for at in leave:
            code[at] = insn(0x5d, 7, code[at][0], out - at - 1)
        self.code = code + [insn(0xbf, 0, 8), EXIT]

    def json(self):
        value = b''.join(struct.pack('<Q', n & M64) for record in self.records for n in record)
        return case(self.name, self.comment, self.code, len(self.records), value, [0])


def case(name, comment, code, retval, value=None, references=(), data=None, kind='socket_filter'):
    result = {'name': name, 'comment': comment, 'prog_type': kind, 'insns': b''.join(code).hex()}
    if value is not None:
        result['maps'] = [{'name': 'operands', 'type': 'array', 'key_size': 4, 'value_size': len(value),
                           'max_entries': 1, 'init': [{'key': '00000000', 'value': value.hex()}]}]
        result['map_refs'] = [{'insn': at, 'map': 0, 'value_off': 0} for at in references]
    result['runs'] = [{'data': (data or bytes(64)).hex(), 'retval': retval}]
    result['expect'] = {'result': 'accept'}
    return result


def arithmetic():
    cases = []
    for bits, cls in ((64, 0x07), (32, 0x04)):
        for name, (opcode, off, operation) in ALU.items():
            cite = 'RFC 9669 section 4.1: %s%d' % (name.upper(), bits)
            if bits == 32:
                cite += '; the upper half becomes zero'
            def expected(a, b):
                return unsigned(bits, operation(bits, unsigned(bits, a), unsigned(bits, b)))
            records = [(a, b, expected(a, b)) for a in VALUES for b in SOURCES]
            cases.append(Check(
                '%s%d reg' % (name, bits), cite + ', source in a register',
                [load(64, 0, 9, 0), load(64, 1, 9, 8), insn(cls | opcode | 8, 0, 1, off)], [0], records))
            records = [(a, expected(a, a)) for a in VALUES + SOURCES]
            cases.append(Check(
                '%s%d same reg' % (name, bits), cite + ', source and destination the same register',
                [load(64, 6, 9, 0), insn(cls | opcode | 8, 6, 6, off)], [6], records))
            for imm in IMMEDIATES:
                if name in ('lsh', 'rsh', 'arsh') and not 0 <= imm < bits:
                    continue  # Linux refuses it
                if name in ('div', 'sdiv', 'mod', 'smod') and imm == 0:
                    continue  # Linux refuses it
                records = [(a, expected(a, imm)) for a in VALUES]
                cases.append(Check(
                    '%s%d imm %d' % (name, bits, imm), cite + ', immediate sign-extended to the width',
                    [load(64, 3, 9, 0), insn(cls | opcode, 3, 0, off, imm)], [3], records))
        cite = 'RFC 9669 section 4.1: NEG%d' % bits
        cases.append(Check('neg%d' % bits, cite, [load(64, 0, 9, 0), insn(cls | 0x80)], [0],
                           [(a, unsigned(bits, -unsigned(bits, a))) for a in VALUES]))
        for width in (8, 16, 32)[:3 if bits == 64 else 2]:
            edges = VALUES + [0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x12345680, 0x1234567f80ff8000]
            records = [(a, unsigned(bits, signed(width, a))) for a in edges]
            cite = 'RFC 9669 section 4.1: MOVSX of %d bits into %d' % (width, bits)
            cases.append(Check('movsx%d to %d' % (width, bits), cite,
                               [load(64, 5, 9, 0), mov(4, -1), insn(cls | 0xb8, 4, 5, width)], [4], records))
            cases.append(Check('movsx%d to %d same reg' % (width, bits), cite + ', in place',
                               [load(64, 5, 9, 0), insn(cls | 0xb8, 5, 5, width)], [5], records))
    for kind, opcode in (('le', 0xd4), ('be', 0xdc), ('bswap', 0xd7)):
        for bits in (16, 32, 64):
            def swapped(a):
                low = unsigned(bits, a)
                return low if kind == 'le' else int.from_bytes(low.to_bytes(bits // 8, 'little'), 'big')
            cases.append(Check('%s%d' % (kind, bits),
                               'RFC 9669 section 4.2: the low %d bits are converted, those above become zero'
                               % bits, [load(64, 2, 9, 0), insn(opcode, 2, 0, 0, bits)], [2],
                               [(a, swapped(a)) for a in VALUES]))
    return cases


def jumps():
    cases = []
    for bits, cls in ((64, 0x05), (32, 0x06)):
        for name, (opcode, condition) in CONDITIONS.items():
            cite = 'RFC 9669 section 4.3: %s%s' % (name.upper(), '32' if bits == 32 else '')
            def taken(a, b):
                return int(condition(bits, unsigned(bits, a), unsigned(bits, b)))
            cases.append(Check(
                '%s%d reg' % (name, bits), cite + ', source in a register',
                [load(64, 0, 9, 0), load(64, 1, 9, 8), mov(2, 1), insn(cls | opcode | 8, 0, 1, 1), mov(2, 0)],
                [2], [(a, b, taken(a, b)) for a in VALUES for b in SOURCES]))
            for imm in IMMEDIATES:
                cases.append(Check(
                    '%s%d imm %d' % (name, bits, imm), cite + ', immediate sign-extended to the width',
                    [load(64, 0, 9, 0), mov(2, 1), insn(cls | opcode, 0, 0, 1, imm), mov(2, 0)],
                    [2], [(a, taken(a, imm)) for a in VALUES + [imm]]))
    return cases


def memory():
    cases = []
    for bits, size in SIZES.items():
        cite = 'RFC 9669 section 5.1: a load of %d bits' % bits
        for at in range(0, 64, bits):
            records = [(a, unsigned(bits, unsigned(64, a) >> at)) for a in VALUES]
            cases.append(Check('load u%d at %d' % (bits, at // 8), cite + ' clears the bits above',
                               [mov(0, -1), load(bits, 0, 9, at // 8)], [0], records))
            if bits < 64:
                records = [(a, unsigned(64, signed(bits, unsigned(64, a) >> at))) for a in VALUES]
                cases.append(Check('load s%d at %d' % (bits, at // 8),
                                   'RFC 9669 section 5.2: a load of %d bits extends their sign' % bits,
                                   [insn(0x81 | size, 0, 9, at // 8)], [0], records))
        for at in range(0, 64, bits):
            kept = M64 ^ (((1 << bits) - 1) << at)
            records = [(a, b, unsigned(64, a) & kept | unsigned(bits, b) << at)
                       for a in VALUES[:4] for b in VALUES]
            cases.append(Check('store u%d at %d' % (bits, at // 8),
                               'RFC 9669 section 5.1: a store of %d bits touches no others' % bits,
                               [load(64, 1, 9, 0), insn(0x7b, 10, 1, -8), load(64, 2, 9, 8),
                                insn(0x63 | size, 10, 2, -8 + at // 8), load(64, 0, 10, -8)], [0], records))
        for imm in IMMEDIATES:
            records = [(a, unsigned(64, a) & (M64 ^ ((1 << bits) - 1)) | unsigned(bits, imm)) for a in VALUES]
            cases.append(Check('store imm %d u%d' % (imm, bits),
                               'RFC 9669 section 5.1: an immediate is sign-extended before it is stored',
                               [load(64, 1, 9, 0), insn(0x7b, 10, 1, -16), insn(0x62 | size, 10, 0, -16, imm),
                                load(64, 0, 10, -16)], [0], records))
        cases.append(Check('load acquire u%d' % bits,
                           'Linux since 6.15: BPF_LOAD_ACQ loads as BPF_MEM does',
                           [mov(0, -1), insn(0xc3 | size, 0, 9, 0, 0x100)], [0],
                           [(a, unsigned(bits, a)) for a in VALUES]))
        cases.append(Check('load acquire u%d over its base' % bits,
                           'Linux since 6.15: BPF_LOAD_ACQ, destination and base the same register',
                           [insn(0xbf, 3, 9), insn(0xc3 | size, 3, 3, 0, 0x100)], [3],
                           [(a, unsigned(bits, a)) for a in VALUES]))
        cases.append(Check('store release u%d' % bits,
                           'Linux since 6.15: BPF_STORE_REL stores as BPF_MEM does',
                           [load(64, 1, 9, 0), load(64, 2, 9, 8), insn(0x7b, 10, 1, -8),
                            insn(0xc3 | size, 10, 2, -8, 0x110), load(64, 0, 10, -8)], [0],
                           [(a, b, unsigned(64, a) & (M64 ^ ((1 << bits) - 1)) | unsigned(bits, b))
                            for a in VALUES for b in VALUES]))
    for value in VALUES:
        code = [insn(0x18, 0, 0, 0, unsigned(32, value)), insn(0, 0, 0, 0, unsigned(64, value) >> 32)]
        cases.append(Check('lddw %x' % unsigned(64, value), 'RFC 9669 section 5.4: 64-bit immediate',
                           code, [0], [(value,)]))
    return cases


def atomics():
    cases = []
    for bits in (64, 32):
        opcode = 0xdb if bits == 64 else 0xc3
        for name, (imm, operation) in ATOMICS.items():
            for fetch in (0, 1):
                if name in ('xchg', 'cmpxchg') and not fetch:
                    continue
                cases += atomic(bits, opcode, name, imm | fetch, operation, fetch)
    return cases


def atomic(bits, opcode, name, imm, operation, fetch):
    """Memory is the 8 bytes at r10 - 8, so that a 32-bit operation shows what it leaves alone."""
    cases = []
    label = '%s%s%d' % ('fetch ' if fetch and name not in ('xchg', 'cmpxchg') else '', name, bits)
    cite = 'RFC 9669 section 5.3: %s of %d bits' % (name.upper(), bits)
    olds = VALUES
    # Which register is the source: plain, r0 itself, and for a comparison r0 that matches.
    for src, form in ((2, ''), (0, ', source r0')):
        records = []
        for old in olds:
            for b in VALUES[:7] + [old]:
                r0 = b if src == 0 else unsigned(64, old) if b & 1 else b ^ 5
                source = unsigned(64, b)
                low_old = unsigned(bits, old)
                new = unsigned(bits, operation(low_old, unsigned(bits, source), unsigned(bits, r0)))
                after = unsigned(64, old) & (M64 ^ ((1 << bits) - 1)) | new
                registers = {0: unsigned(64, r0), 2: source}
                if name == 'cmpxchg':
                    registers[0] = low_old
                elif fetch:
                    registers[src] = low_old
                records.append((old, b, r0, after, registers[0], registers[src]))
        body = [load(64, 1, 9, 0), insn(0x7b, 10, 1, -8), load(64, 2, 9, 8), load(64, 0, 9, 16),
                insn(opcode, 10, src, -8, imm), load(64, 3, 10, -8)]
        cases.append(Check(label + form, cite + (', what is fetched is zero-extended' if fetch else '') + form,
                           body, [3, 0, src], records))
    return cases


def control():
    def program(name, comment, code, retval, **more):
        return case(name, comment, code, retval, **more)

    cases = []
    cases.append(program(
        'may_goto in a loop that ends by itself', 'Linux since 6.9: BPF_JCOND falls through within its budget',
        [mov(0, 0), insn(0xe5, 0, 0, 2), insn(0x07, 0, 0, 0, 1), insn(0xa5, 0, 0, -3, 1000), EXIT], 1000))
    cases.append(program(
        'may_goto ends a loop that does not', 'Linux since 6.9: BPF_JCOND jumps when its budget is used up',
        [mov(0, 7), insn(0xe5, 0, 0, 1), insn(0x05, 0, 0, -2), EXIT], 7))
    cases.append(program(
        'two may_goto', 'Linux since 6.9: BPF_JCOND, nested loops',
        [mov(0, 0), mov(1, 0), insn(0xe5, 0, 0, 7), mov(2, 0), insn(0xe5, 0, 0, 3), insn(0x07, 0, 0, 0, 1),
         insn(0x07, 2, 0, 0, 1), insn(0xa5, 2, 0, -4, 10), insn(0x07, 1, 0, 0, 1), insn(0xa5, 1, 0, -8, 10),
         EXIT], 100))
    cases.append(program('goto', 'RFC 9669 section 4.3: JA counts slots from the next instruction',
                         [mov(0, 1), insn(0x05, 0, 0, 1), mov(0, 2), EXIT], 1, ))
    cases[-1]['expect'] = {'result': 'reject', 'errstr': 'unreachable insn 2'}
    del cases[-1]['runs']
    cases.append(program('gotol forward and back', 'RFC 9669 section 4.3: JA of class JMP32 has a 32-bit offset',
                         [mov(0, 1), insn(0x06, 0, 0, 0, 2), insn(0x07, 0, 0, 0, 4), EXIT,
                          insn(0x07, 0, 0, 0, 2), insn(0x06, 0, 0, 0, -4)], 7))
    cases.append(program(
        'local calls keep r6 to r9', 'RFC 9669 section 4.3.2: program-local functions; r6 to r9 are preserved',
        [mov(6, 6), mov(7, 7), mov(8, 8), mov(9, 9), mov(1, 5), insn(0x85, 0, 1, 0, 5), insn(0x0f, 0, 6),
         insn(0x0f, 0, 7), insn(0x0f, 0, 8), insn(0x0f, 0, 9), EXIT,
         insn(0xbf, 0, 1), mov(6, 60), mov(7, 70), mov(8, 80), mov(9, 90), EXIT], 35))
    cases.append(program(
        'local calls have stacks of their own', 'RFC 9669 section 4.3.2: each frame has its r10',
        [insn(0x7a, 10, 0, -8, 1), insn(0x85, 0, 1, 0, 2), load(64, 0, 10, -8), EXIT,
         insn(0x7a, 10, 0, -8, 2), mov(0, 0), EXIT], 1))
    return cases


def packets():
    """socket_filter sees what follows the link header, sched_cls all of the frame."""
    header = bytes.fromhex('0102030405060708090a0b0c0800')
    payload = bytes(range(0x80, 0xb0))
    cases = []

    def add(name, comment, kind, code, retval):
        cases.append(case(name, 'RFC 9669 section 5.5: ' + comment, [insn(0xbf, 6, 1)] + code + [EXIT], retval,
                          data=header + payload, kind=kind))

    for kind, seen in (('socket_filter', payload), ('sched_cls', header + payload)):
        for bits in (8, 16, 32):
            size = SIZES[bits]
            for at in (0, 1, 5, len(seen) - bits // 8):
                expected = int.from_bytes(seen[at:at + bits // 8], 'big')
                add('%s abs u%d at %d' % (kind, bits, at), 'ABS gives network order', kind,
                    [insn(0x20 | size, 0, 0, 0, at)], expected)
                for register, imm in ((at, 0), (0, at), (at + 3, -3), (-2, at + 2)):
                    add('%s ind u%d at %d + %d' % (kind, bits, register, imm),
                        'IND adds register and immediate', kind,
                        [mov(7, register), insn(0x40 | size, 0, 7, 0, imm)], expected)
            for at in (len(seen) - bits // 8 + 1, len(seen), 0x7fffffff, -1):
                add('%s abs u%d at %d' % (kind, bits, at), 'outside the packet ends the program with 0', kind,
                    [mov(0, 5), insn(0x20 | size, 0, 0, 0, at), mov(0, 9)], 0)
        add('%s ind outside' % kind, 'outside the packet ends the program with 0', kind,
            [mov(7, 1 << 20), insn(0x40, 0, 7, 0, 0), mov(0, 9)], 0)
        net = int.from_bytes(payload[:4], 'big')
        link = int.from_bytes(header[:4], 'big')
        add('%s abs at the network header' % kind, 'Linux: SKF_NET_OFF (-0x100000) counts from the network header',
            kind, [insn(0x20, 0, 0, 0, -0x100000)], net)
        add('%s abs at the link header' % kind, 'Linux: SKF_LL_OFF (-0x200000) counts from the link header',
            kind, [insn(0x20, 0, 0, 0, -0x200000)], link)
    return cases


def unverified():
    """Programs that Linux refuses: they run only where nothing is verified."""
    cases = []
    for bits, cls in ((64, 0x07), (32, 0x04)):
        for name in ('lsh', 'rsh', 'arsh'):
            opcode, off, operation = ALU[name]
            for imm in (-1, -31, bits, bits + 1, 127, 0x7fffffff, -(1 << 31)):
                cases.append(Check(
                    '%s%d imm %d' % (name, bits, imm), 'RFC 9669 section 4.1: the count is masked with 0x%x'
                    % (bits - 1), [load(64, 3, 9, 0), insn(cls | opcode, 3, 0, 0, imm)], [3],
                    [(a, unsigned(bits, operation(bits, unsigned(bits, a), unsigned(bits, imm)))) for a in VALUES]))
        for name, expected in (('div', 0), ('sdiv', 0), ('mod', None), ('smod', None)):
            opcode, off, _ = ALU[name]
            cases.append(Check(
                '%s%d imm 0' % (name, bits), 'RFC 9669 section 4.1: division by zero gives 0, modulo zero leaves'
                ' the destination', [load(64, 3, 9, 0), insn(cls | opcode, 3, 0, off, 0)], [3],
                [(a, unsigned(bits, a) if expected is None else expected) for a in VALUES]))
    for bits, opcode in ((64, 0xdb), (32, 0xc3)):
        # The base register is the source: what is stored or compared is an address.
        keep = [insn(0x7a, 10, 0, -8, 5), insn(0xbf, 2, 10), insn(0x07, 2, 0, 0, -8), insn(0xbf, 3, 2)]
        narrow = [] if bits == 64 else [insn(0xbc, 3, 3)]
        done = [insn(0x1d, 1, 3, 2), mov(0, 0), EXIT, mov(0, 1), EXIT]
        cases.append(case('xchg%d of its own base' % bits,
                          'RFC 9669 section 5.3: XCHG, the register is read before it is replaced',
                          keep + narrow + [insn(opcode, 2, 2, 0, 0xe1), load(64, 1, 10, -8),
                                           insn(0x55, 2, 0, 1, 5)] + done, 1))
        cases.append(case('fetch add%d of its own base' % bits,
                          'RFC 9669 section 5.3: ADD with FETCH, the register is read before it is replaced',
                          keep + narrow + [insn(0x07, 3, 0, 0, 5)] + narrow
                          + [insn(opcode, 2, 2, 0, 0x01), load(64, 1, 10, -8), insn(0x55, 2, 0, 1, 5)] + done, 1))
    cases.append(case('zero extension with the mark of Linux', 'Linux: BPF_ZEXT_REG, a 32-bit move with immediate 1',
                      [insn(0x18, 1, 0, 0, -1), insn(0, 0, 0, 0, 5), insn(0xbc, 1, 1, 0, 1), insn(0xbf, 0, 1),
                       insn(0x77, 0, 0, 0, 32), EXIT], 0))
    cases.append(case('callx of a helper', 'callx calls the helper whose number is in the register',
                      [mov(2, 7), insn(0x8d, 2), mov(0, 42), EXIT], 42))
    for at in cases:
        if isinstance(at, dict):
            del at['expect']
    return cases


def write(name, cases):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, name), 'w') as out:
        for entry in cases:
            entry = entry.json() if isinstance(entry, Check) else entry
            if 'unverified' in name:
                entry.pop('expect', None)
            out.write(json.dumps(entry, separators=(',', ':')) + '\n')
    print('%4d %s' % (len(cases), name))


write('arithmetic.json', arithmetic())
write('jumps.json', jumps())
write('memory.json', memory())
write('atomics.json', atomics())
write('control.json', control())
write('packets.json', packets())
write('../isa-unverified/unverified.json', unverified())
