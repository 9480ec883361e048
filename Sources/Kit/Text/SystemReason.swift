#if canImport(Glibc)
    import Glibc
#endif

extension Bilingual {
    /// What a number of `errno` says to people, in the words of the system in English.
    package init(errno code: Int32) {
        let english = String(cString: strerror(code))
        self.init(english, Bilingual.reasons[code] ?? "系统错误 \(code)（\(english)）")
    }

    /// The numbers that files, programs and connections end with.
    private static let reasons: [Int32: String] = [
        EPERM: "不允许这样操作", ENOENT: "没有这个文件或目录", EIO: "读写出错", ENXIO: "没有这个设备", E2BIG: "参数太长",
        ENOEXEC: "不是可以执行的程序", EAGAIN: "暂时不可用", ENOMEM: "内存不足", EACCES: "没有权限", EBUSY: "正被占用",
        EEXIST: "已经存在", EXDEV: "不在同一个文件系统", ENODEV: "没有这个设备", ENOTDIR: "路径中有一段不是目录", EISDIR: "这是目录",
        EINVAL: "参数无效", ENFILE: "系统打开的文件太多", EMFILE: "打开的文件太多", ETXTBSY: "程序正在运行", EFBIG: "文件太大",
        ENOSPC: "磁盘空间不足", ESPIPE: "不能在管道中定位", EROFS: "文件系统只读", EMLINK: "链接太多", EPIPE: "读取方已经关闭",
        ENAMETOOLONG: "名称太长", ENOLCK: "没有可用的锁", ENOTEMPTY: "目录不是空的", ELOOP: "符号链接层数太多",
        ENOTSUP: "不支持这样操作", EADDRINUSE: "地址已被占用", EADDRNOTAVAIL: "本机没有这个地址", ENETUNREACH: "网络不可达",
        ECONNRESET: "连接被断开", ENOBUFS: "缓冲区不足", ETIMEDOUT: "连接超时", ECONNREFUSED: "连接被拒绝",
        EHOSTUNREACH: "主机不可达", ESTALE: "文件已失效", EDQUOT: "超出磁盘配额",
    ]
}
