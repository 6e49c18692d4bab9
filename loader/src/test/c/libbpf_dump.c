// Prints what libbpf makes of an object file: its maps, and the instructions of its programs after
// all relocations, with map file descriptors replaced by the maps' indexes. Nothing is loaded: the
// process ends before the first program would be. Creating maps needs CAP_BPF.
//
//   cc -o libbpf_dump libbpf_dump.c -lbpf && ./libbpf_dump OBJECT [TARGET-BTF]
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_MAPS 1024

static struct bpf_object *object;
// Type ids of keys and values as declared: libbpf forgets them when the kernel does not take them.
static unsigned int types[MOST_MAPS][2];

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

static int map_index(int fd)
{
	struct bpf_map *map;
	int index = 0;

	bpf_object__for_each_map(map, object) {
		if (bpf_map__fd(map) == fd)
			return index;
		index++;
	}
	return -1;
}

static void print_map(struct bpf_map *map, int index)
{
	size_t size = 0;
	const unsigned char *value = bpf_map__initial_value(map, &size);

	printf("map %s %u %u %u %u 0x%x %llu", bpf_map__name(map), bpf_map__type(map),
	       bpf_map__key_size(map), bpf_map__value_size(map), bpf_map__max_entries(map),
	       bpf_map__map_flags(map), (unsigned long long)bpf_map__map_extra(map));
	printf(" %u %u ", types[index][0], types[index][1]);
	if (!value)
		printf("-");
	for (size_t i = 0; value && i < size; i++)
		printf("%02x", value[i]);
	printf("\n");
}

static void print_program(struct bpf_program *program)
{
	const struct bpf_insn *insns = bpf_program__insns(program);
	size_t count = bpf_program__insn_cnt(program);

	printf("program %s %s ", bpf_program__name(program), bpf_program__section_name(program));
	for (size_t i = 0; i < count; i++) {
		struct bpf_insn insn = insns[i];

		if (insn.code == 0x18 && (insn.src_reg == 1 || insn.src_reg == 2))
			insn.imm = map_index(insn.imm);
		for (size_t j = 0; j < sizeof(insn); j++)
			printf("%02x", ((unsigned char *)&insn)[j]);
	}
	printf("\n");
}

// Called for the first program, when all are relocated.
static int prepared(struct bpf_program *first, struct bpf_prog_load_opts *opts, long cookie)
{
	struct bpf_program *program;
	struct bpf_map *map;
	int index = 0;

	bpf_object__for_each_map(map, object)
		print_map(map, index++);
	bpf_object__for_each_program(program, object)
		print_program(program);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_object_open_opts, options);
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .prog_prepare_load_fn = prepared);
	struct bpf_program *program;
	struct bpf_object *first;
	const char *last = "";
	struct bpf_map *map;
	int index = 0;

	libbpf_set_print(quiet);
	if (argc > 2)
		options.btf_custom_path = argv[2];
	first = bpf_object__open_file(argv[1], &options);
	if (!first) {
		fprintf(stderr, "cannot be opened\n");
		return 2;
	}
	bpf_object__for_each_program(program, first) {
		const char *section = strdup(bpf_program__section_name(program));

		section += section[0] == '?';
		if (strcmp(section, last))
			libbpf_register_prog_handler(section, BPF_PROG_TYPE_SOCKET_FILTER, 0,
						     &handler);
		last = section;
	}
	bpf_object__close(first);
	object = bpf_object__open_file(argv[1], &options);
	if (!object)
		return 2;
	bpf_object__for_each_map(map, object) {
		types[index][0] = bpf_map__btf_key_type_id(map);
		types[index][1] = bpf_map__btf_value_type_id(map);
		if (++index == MOST_MAPS)
			return 2;
	}
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, true);
	bpf_object__load(object);
	fprintf(stderr, "cannot be prepared\n");
	return 3;
}
