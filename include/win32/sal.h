/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Annotations of Microsoft's source code analyser, which mean nothing to our compilers
 */

#define _In_
#define _In_z_
#define _In_opt_
#define _In_opt_z_
#define _Out_
#define _Out_opt_
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Must_inspect_result_
#define _Check_return_
#define _Post_invalid_
#define _Post_ptr_invalid_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Reserved_
#define _Null_terminated_
#define _Printf_format_string_
#define _Use_decl_annotations_
#define _Pre_
#define _Post_
#define _Notnull_
#define _Maybenull_
#define _Outptr_result_z_
#define _COM_Outptr_
#define _Always_

#define _In_reads_(a_)
#define _In_reads_opt_(a_)
#define _In_reads_bytes_(a_)
#define _In_reads_bytes_opt_(a_)
#define _In_reads_z_(a_)
#define _In_reads_or_z_(a_)
#define _In_range_(a_)
#define _Out_writes_(a_)
#define _Out_writes_opt_(a_)
#define _Out_writes_z_(a_)
#define _Out_writes_opt_z_(a_)
#define _Out_writes_bytes_(a_)
#define _Out_writes_bytes_opt_(a_)
#define _Out_writes_all_(a_)
#define _Out_writes_bytes_all_(a_)
#define _Inout_updates_(a_)
#define _Inout_updates_opt_(a_)
#define _Inout_updates_z_(a_)
#define _Inout_updates_bytes_(a_)
#define _Inout_updates_bytes_opt_(a_)
#define _Outptr_result_buffer_(a_)
#define _Outptr_result_bytebuffer_(a_)
#define _Success_(a_)
#define _Return_type_success_(a_)
#define _On_failure_(a_)
#define _Field_size_(a_)
#define _Field_size_bytes_(a_)
#define _IRQL_requires_max_(a_)
#define _IRQL_requires_(a_)
#define _IRQL_requires_min_(a_)
#define _Struct_size_bytes_(a_)
#define _Analysis_assume_(a_)
#define _Ret_writes_(a_)
#define _Ret_writes_bytes_(a_)
#define _Group_(a_)

#define _Out_writes_to_(a_, b_)
#define _Out_writes_to_opt_(a_, b_)
#define _Out_writes_bytes_to_(a_, b_)
#define _Out_writes_bytes_to_opt_(a_, b_)
#define _Inout_updates_bytes_to_(a_, b_)
#define _Inout_updates_to_(a_, b_)
#define _Outptr_result_buffer_to_(a_, b_)
#define _When_(a_, b_)
#define _At_(a_, b_)
#define _Out_range_(a_, b_)
